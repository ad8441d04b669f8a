import type { Job } from '../../schemas/records.ts';
import type { Code } from './codes.ts';
import type { RuleOutcome } from './judge.ts';
import type { Trace } from './trace.ts';

/** What a person can do next; the codes are part of the API. */
export const STEPS = {
  nothing: 'Nothing is to be done.',
  wait: 'Wait: the service does it by itself.',
  'sync-now': 'Nobody has told the service of the change: ask for the record to be synchronised now.',
  'connect-tenant': 'Store the credentials of both vendors and connect the tenant.',
  'resume-tenant': 'Resume the tenant.',
  'resume-part': 'It waits for a pause to end: resume such records in this direction when they may be written.',
  'release-hold': "Look at what would change, then let the tenant's jobs go on.",
  reconnect: 'Connect the vendor again: its credentials are no longer accepted.',
  'choose-type': "Choose a selected Type for the organisation, or add its Type to the tenant's settings.",
  'enter-name': 'Enter the name of the organisation in webCRM.',
  'enter-number': 'Enter the customer number in webCRM.',
  'correct-number': 'Correct the number: another record has it, or had it.',
  'decide-conflict': 'Decide it: whether the records are one, or which value counts; or make both sides agree.',
  'set-default-type': 'Name a default Type for this kind of customer in the settings.',
  'import-record': 'It is older than the start date: bring it by an import, or change the start date.',
  relink: 'The other half is gone: unlink the pair, link it to another record, or have it made anew.',
  link: 'The pair was unlinked by hand: link it again if it is to be synchronised.',
  'choose-organisation': 'Choose an organisation for the delivery in webCRM.',
  'change-status': 'Give the delivery a status that becomes a document, or change the setting.',
  'add-lines': 'Give the delivery a line.',
  'move-discount': "Give the discount on the delivery's lines instead of on the whole.",
  'see-record': 'See the record that it depends on, named here: its own explanation says what is missing.',
  'add-article': 'Add the article in Fortnox, or change the line.',
  'change-settings': 'The settings leave this out: change them if it is to come.',
  'credit-in-fortnox': 'The invoice stays as it is: make a credit invoice in Fortnox if it has to change.',
  'change-in-fortnox': 'Make the change in Fortnox: the document takes none from here.',
  'take-back-edit':
    'The document was cancelled: make a new one if it is still wanted, or take the edit back in webCRM.',
  'move-back': 'Choose the former organisation for the delivery, or change the customer of the document in Fortnox.',
  'link-customer': "See the delivery's customer, and link or decide it: its own explanation says what is missing.",
  'correct-value': 'Correct the value in webCRM: it cannot be read, or Fortnox cannot hold it.',
  'complete-settings': "Add the value to its table in the tenant's settings.",
  'correct-and-retry': 'Correct what the error names, then retry the failed job.',
  'ask-support': "Ask webCRM's support; nothing of this kind is written meanwhile.",
} as const;
export type Step = keyof typeof STEPS;

/** What helps against what. A code that is absent needs nobody. */
const HELP: Readonly<Partial<Record<Code, Step>>> = {
  'tenant-new': 'connect-tenant',
  'tenant-paused': 'resume-tenant',
  'tenant-held': 'release-hold',
  'to-fortnox-paused': 'resume-part',
  'to-webcrm-paused': 'resume-part',
  'waiting-for-paused-customer': 'resume-part',
  'vendor-auth': 'reconnect',
  'reconnect-needed': 'reconnect',
  'credentials-missing': 'reconnect',
  'licence-missing': 'reconnect',
  'vendor-unreachable': 'wait',
  'vendor-failed': 'wait',
  'vendor-throttled': 'wait',
  'vendor-answer-unreadable': 'wait',
  'vendor-refused': 'correct-and-retry',
  'worn-out': 'correct-and-retry',
  'write-repeats': 'correct-and-retry',
  'number-taken': 'correct-number',
  'partial-put-unsafe': 'ask-support',
  detached: 'link',
  'gone-in-webcrm': 'relink',
  'gone-in-fortnox': 'relink',
  'type-not-selected': 'choose-type',
  'pair-excluded': 'choose-type',
  'waiting-for-name': 'enter-name',
  'waiting-for-customer-number': 'enter-number',
  'match-proposed': 'decide-conflict',
  'match-ambiguous': 'decide-conflict',
  'changed-on-both-sides': 'decide-conflict',
  'match-contradicted': 'correct-number',
  'number-already-paired': 'correct-number',
  'before-start-date': 'import-record',
  'no-default-type': 'set-default-type',
  'half-made': 'wait',
  'not-quiet': 'wait',
  'passed-on': 'see-record',
  'orders-not-kept': 'change-settings',
  'no-organisation': 'choose-organisation',
  'status-not-selected': 'change-status',
  'no-rows': 'add-lines',
  'header-discount': 'move-discount',
  'waiting-for-customer': 'see-record',
  'article-refused': 'add-article',
  'article-unknown': 'add-article',
  'vat-included': 'change-settings',
  'credit-on-original': 'see-record',
  'invoice-has-delivery': 'see-record',
  'document-cancelled': 'take-back-edit',
  'invoice-booked': 'credit-in-fortnox',
  'invoice-sent-or-paid': 'change-in-fortnox',
  'order-invoiced': 'change-in-fortnox',
  'invoice-shared': 'change-in-fortnox',
  'rows-locked-by-order': 'change-in-fortnox',
  'amount-discount': 'change-in-fortnox',
  'rows-conflict': 'decide-conflict',
  'customer-cannot-change': 'move-back',
  'customer-not-linked': 'link-customer',
  'country-unknown': 'correct-value',
  'date-unreadable': 'correct-value',
  'terms-unknown': 'complete-settings',
  'currency-unknown': 'complete-settings',
  'articles-not-followed': 'change-settings',
};

/** The step against the first rule that failed and that a person can help; else what the service does by itself. */
export function nextStep(
  trace: Trace,
  rules: readonly RuleOutcome[],
  jobs: readonly Job[],
): { code: Step; sentence: string } {
  const step = stepFor(trace, rules, jobs);
  return { code: step, sentence: STEPS[step] };
}

function stepFor(trace: Trace, rules: readonly RuleOutcome[], jobs: readonly Job[]): Step {
  const codes = rules.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  // A broken connection pauses the tenant: resuming it would not help.
  const ordered = trace.broken === null ? codes : codes.filter((code) => code !== 'tenant-paused');
  const help = ordered
    .map((code) => (isNever(trace, code) ? 'nothing' : HELP[code]))
    .find((step): step is Step => step !== undefined);
  const hasDead = jobs.some(({ state }) => state === 'dead');
  // Nobody tries a dead job again by himself, whatever passes by then.
  if (help === 'wait' && hasDead) return 'correct-and-retry';
  if (help !== undefined) return help;
  if (!trace.acts) return 'nothing';
  if (jobs.some(({ state }) => state !== 'dead')) return 'wait';
  return hasDead ? 'correct-and-retry' : 'sync-now';
}

/** Nothing is missed of a record that never had a pair. */
const isNever = ({ rehearsal }: Trace, code: Code): boolean =>
  rehearsal?.before === null &&
  (code === 'gone-in-webcrm' || code === 'gone-in-fortnox' || code === 'article-inactive');
