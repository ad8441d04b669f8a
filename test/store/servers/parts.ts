import type { Document } from 'mongodb';
import type { Sent } from './recorded.ts';

/** What a command does, as far as it matters here. */
export interface Parts {
  readonly filter: Document;
  readonly multi: boolean;
  readonly upsert: boolean;
}

/** The statements of a command, each with its filter. */
export function partsOf({ name, command }: Sent): Parts[] {
  if (name === 'find') return [{ filter: command.filter as Document, multi: false, upsert: false }];
  if (name === 'aggregate') return [{ filter: command.pipeline[0].$match as Document, multi: false, upsert: false }];
  if (name === 'findAndModify')
    return [{ filter: command.query as Document, multi: false, upsert: command.upsert === true }];
  if (name === 'update')
    return (command.updates as Document[]).map((one) => ({
      filter: one.q as Document,
      multi: one.multi === true,
      upsert: one.upsert === true,
    }));
  if (name === 'delete')
    return (command.deletes as Document[]).map((one) => ({
      filter: one.q as Document,
      multi: one.limit === 0,
      upsert: false,
    }));
  return (command.documents as Document[]).map(({ _id }) => ({ filter: { _id }, multi: false, upsert: false }));
}

/** The depth of the whole queue counts everything, and is asked a few times a minute. */
export const countsAll = (sent: Sent): boolean =>
  sent.name === 'aggregate' && Object.keys(sent.command.pipeline[0]?.$match ?? { none: 0 }).length === 0;

/** Reads that sort what little they find. */
export const sortsFew = (sent: Sent): boolean => sent.name === 'find' && sent.command.filter.state === 'running';
