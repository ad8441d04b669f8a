import type { ImportKind, Listed } from '../../schemas/imports.ts';
import type { Verdict, VerdictDeps } from './verdict.ts';
import { articleVerdict } from './verdict-article.ts';
import { customerVerdict } from './verdict-customer.ts';
import { documentVerdict } from './verdict-document.ts';

const VERDICTS: Readonly<Record<ImportKind, (deps: VerdictDeps, record: Listed) => Promise<Verdict>>> = {
  article: articleVerdict,
  customer: customerVerdict,
  order: documentVerdict,
  invoice: documentVerdict,
  delivery: documentVerdict,
};

/** Judges a listed record. Costs no call. */
export const verdictOn = (deps: VerdictDeps, record: Listed): Promise<Verdict> => VERDICTS[record.kind](deps, record);
