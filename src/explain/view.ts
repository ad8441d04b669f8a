import type { ExplanationView } from '../../schemas/api-explain.ts';
import { ROW_FIELDS } from '../../schemas/delivery.ts';
import type { Explanation } from './explain.ts';
import type { RowView } from './present.ts';

/** The explanation as the API gives it: mutable lists, and of jobs and pairs what is told everywhere. */
export function explanationView(from: Explanation): ExplanationView {
  const { pair, present, would } = from;
  const { webcrm, fortnox } = present;
  return {
    record: from.record,
    rules: from.rules.map((line) => ({ ...line, reasons: [...line.reasons] })),
    would: {
      ...would,
      writes: would.writes.map((write) => ({ ...write, rows: write.rows && [...write.rows] })),
      changes: [...would.changes],
      lost: [...would.lost],
      reasons: [...would.reasons],
      candidates: [...would.candidates],
    },
    pair: pair && {
      id: pair.id,
      state: pair.state,
      reason: pair.reason,
      version: pair.version,
      webcrmId: pair.webcrmId,
      fortnoxKind: pair.fortnoxKind,
      fortnoxId: pair.fortnoxId,
      invoiceRef: pair.invoiceRef,
      creating: pair.intent !== null,
    },
    present: { webcrm, fortnox },
    fields: from.fields.map((one) => ({
      field: one.field,
      webcrm: known(one.webcrm),
      fortnox: known(one.fortnox),
      differs: differs(one.webcrm.now, one.fortnox.now),
    })),
    rows: from.rows?.map(rowView) ?? null,
    frozen: from.frozen,
    jobs: from.jobs.map((job) => ({ ...job })),
    activity: from.activity.map((line) => ({
      ...line,
      changes: [...line.changes],
      lost: [...line.lost],
      reasons: [...line.reasons],
    })),
    waitsFor: from.waitsFor,
    next: from.next,
    reads: from.reads,
  };
}

type Value = string | null;

/** Nothing is said of a side that was not read. */
const differs = (webcrm: Value | undefined, fortnox: Value | undefined): boolean =>
  webcrm !== undefined && fortnox !== undefined && webcrm !== fortnox;

/** Without what is not known. */
const known = (values: { image: Value | undefined; now: Value | undefined }): { image?: Value; now?: Value } => ({
  ...(values.image === undefined ? {} : { image: values.image }),
  ...(values.now === undefined ? {} : { now: values.now }),
});

const rowView = (row: RowView) => ({
  ...row,
  webcrm: sides(row.webcrm),
  fortnox: sides(row.fortnox),
  differs: ROW_FIELDS.some((field) => (row.webcrm.now?.[field] ?? null) !== (row.fortnox.now?.[field] ?? null)),
});

const sides = ({ image, now }: { image: object | null; now: object | null }) => ({
  image: image && ({ ...image } as Record<string, Value>),
  now: now && ({ ...now } as Record<string, Value>),
});
