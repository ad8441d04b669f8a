import type { DeliveryStatus } from '../../../schemas/delivery.ts';
import type { Activity, Pair, Side } from '../../../schemas/records.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { Edit, Write } from '../diary.ts';
import type { DocumentKind } from '../faces.ts';
import type { RecordFields, SharedField } from '../fields.ts';
import type { Born } from '../people/documents.ts';
import type { Removal } from '../people/scene.ts';
import type { TypedValue } from '../typed-values.ts';

export interface DocumentWrite {
  readonly at: number;
  readonly kind: DocumentKind;
  readonly method: 'POST' | 'PUT';
  readonly number: string;
  readonly body: RecordFields;
}
export interface WebcrmWrite {
  readonly at: number;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly id: number;
  readonly fields: RecordFields;
}

/** What is left of a history when all is quiet. */
export interface Ending {
  readonly settings: Settings;
  readonly fields: readonly SharedField[];
  /** Of customers. */
  readonly edits: readonly Edit[];
  /** Ids of organisations and customers that somebody entered on both sides: a person may be asked whether they are one (R20). */
  readonly twins: Readonly<Record<Side, ReadonlySet<string>>>;
  readonly writes: Readonly<Record<Side, readonly Write[]>>;
  readonly organisations: readonly RecordFields[];
  readonly customers: readonly RecordFields[];
  readonly removals: readonly Removal[];
  /** Somebody imported while the others worked. */
  readonly imported: boolean;
  readonly typed: readonly TypedValue[];
  readonly deliveries: readonly RecordFields[];
  /** By delivery, in their order. */
  readonly lines: ReadonlyMap<number, readonly RecordFields[]>;
  readonly documents: Readonly<Record<DocumentKind, readonly RecordFields[]>>;
  /** Documents that people made. */
  readonly born: readonly Born[];
  /** Deliveries that somebody moved. */
  readonly moved: ReadonlySet<number>;
  /** The numbers of documents that somebody typed into deliveries, by delivery (R20). */
  readonly numbered: ReadonlyMap<number, string>;
  /** Every status that a person's delivery has shown. */
  readonly statuses: ReadonlyMap<number, ReadonlySet<string>>;
  readonly documentWrites: readonly DocumentWrite[];
  readonly deliveryWrites: readonly WebcrmWrite[];
  readonly lineWrites: readonly WebcrmWrite[];
  readonly itemWrites: readonly WebcrmWrite[];
  readonly articles: readonly RecordFields[];
  /** List price of each article; null: it has none. */
  readonly prices: ReadonlyMap<string, number | null>;
  readonly items: readonly RecordFields[];
  /** Fields of items that somebody saved by hand, by id of the item. */
  readonly itemEdits: readonly { readonly at: number; readonly id: number; readonly fields: RecordFields }[];
  /** What the service says belongs together: the judge holds it against what stands on both sides. */
  readonly pairs: readonly Pair[];
  readonly activity: readonly Activity[];
  readonly endedAt: number;
  /** Between a read and the write that follows it, an edit by hand cannot be seen (R2): no longer than this, ms. */
  readonly gapMs: number;
  /** At the end nothing is written for so long, ms. */
  readonly quietMs: number;
  /** After this long, ms, each side has the other's values, by notification or poll. */
  readonly settledMs: number;
}

export const isSendStatus = (settings: Settings, status: unknown): boolean =>
  settings.documents.sendStatuses.includes(String(status) as DeliveryStatus);
