import type { WebcrmRecord } from '../../schemas/records.ts';
import type { WebcrmClient } from '../vendors/webcrm/types.ts';
import type { JobContext } from './context.ts';
import type { VendorRecord } from './fields.ts';
import { EMPTY_DATA } from './normalise.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How a kind of webCRM's records is read and updated in part. */
interface Access {
  read(client: WebcrmClient, id: string, priority: JobContext['job']['priority']): Promise<VendorRecord | null>;
  write(client: WebcrmClient, id: string, fields: Fields, priority: JobContext['job']['priority']): Promise<void>;
  /** A text that is nothing: the register refuses the empty one (webcrm.md 8.5). */
  readonly emptyText: string;
}

/** For calls that take texts: what is restored stands as webCRM gave it, numbers among it. */
const asTexts = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, String(value)]));

/** To whoever looks for emptied fields the register's dash is nothing. */
export const withoutDashes = (item: VendorRecord): VendorRecord =>
  Object.fromEntries(Object.entries(item).map(([field, value]) => [field, value === EMPTY_DATA ? '' : value]));

const ACCESS: Readonly<Record<WebcrmRecord, Access>> = {
  organisation: {
    read: (client, id, priority) => client.getOrganisation(id, priority),
    write: (client, id, fields, priority) => client.updateOrganisation(id, fields, priority),
    emptyText: '',
  },
  delivery: {
    read: (client, id, priority) => client.getDelivery(id, priority),
    write: (client, id, fields, priority) => client.updateDelivery(id, fields, priority),
    emptyText: '',
  },
  line: {
    read: (client, id, priority) => client.getLine(id, priority),
    write: (client, id, fields, priority) => client.updateLine(id, asTexts(fields), priority),
    emptyText: '',
  },
  item: {
    async read(client, id, priority) {
      const item = await client.getItem(id, priority);
      return item && withoutDashes(item);
    },
    write: (client, id, fields, priority) => client.updateItem(id, asTexts(fields), priority),
    emptyText: EMPTY_DATA,
  },
};

/** One record of webCRM, for updates whose effect on other fields is to be seen (R3). */
export interface WebcrmAccess {
  readonly emptyText: string;
  /** As it is now, what is nothing as the empty text; null when it is gone. */
  read(): Promise<VendorRecord | null>;
  /** A partial PUT. */
  write(fields: Fields): Promise<void>;
}

export function webcrmRecord({ vendors, job }: JobContext, kind: WebcrmRecord, id: string): WebcrmAccess {
  const { read, write, emptyText } = ACCESS[kind];
  return {
    emptyText,
    read: () => read(vendors.webcrm, id, job.priority),
    write: (fields) => write(vendors.webcrm, id, fields, job.priority),
  };
}
