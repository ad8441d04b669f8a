/** Why the engine decided as it did: a closed list, each with the rule it comes from and a plain sentence. Part of the API. */
export const REASONS = {
  'in-step': { rule: 'R1', sentence: 'Both sides agree; nothing was written.' },
  'linked-by-number': { rule: 'R20', sentence: 'Linked: both sides bear the same customer number.' },
  'linked-by-organisation-number': { rule: 'R20', sentence: 'Linked: both sides bear the same organisation number.' },
  recovered: {
    rule: 'R22',
    sentence: 'A create whose answer was lost was found again and linked; nothing was created twice.',
  },
  'created-in-fortnox': { rule: 'R22', sentence: 'The customer was created in Fortnox.' },
  'created-in-webcrm': { rule: 'R22', sentence: 'The organisation was created in webCRM.' },
  'conflict-resolved': {
    rule: 'R70',
    sentence: 'Both sides had changed the same field; the conflict policy chose, and the other value is in the log.',
  },
  'first-link-overwrote': {
    rule: 'R21',
    sentence: 'At the first link two values differed; the conflict policy chose, and the other value is in the log.',
  },
  'value-cut': {
    rule: 'R76',
    sentence: 'A value was too long for the other side and was cut there; this side keeps the whole.',
  },
  'number-put-back': {
    rule: 'R30',
    sentence: 'The customer number belongs to Fortnox; the number typed in webCRM was put back.',
  },
  'number-cannot-change': {
    rule: 'R30',
    sentence: 'The customer number cannot change once the customer exists; it was put back in webCRM.',
  },
  'cannot-be-empty': {
    rule: 'R21',
    sentence: 'Fortnox keeps a value in this field at all times; it was put back in webCRM.',
  },
  'country-unknown': {
    rule: 'R1',
    sentence: 'The country in webCRM is not a name that we know; correct its spelling. The field was left alone.',
  },
  'terms-unknown': {
    rule: 'R1',
    sentence: 'The terms of payment are not in the settings table; add them there. The field was left alone.',
  },
  'currency-unknown': {
    rule: 'R1',
    sentence: 'The currency is not in the settings table; add it there. The field was left alone.',
  },
  'no-default-type': {
    rule: 'R14',
    sentence: 'The settings name no default Type for this kind of customer; choose one. The Type was left alone.',
  },
  'type-not-selected': {
    rule: 'R10',
    sentence: "The organisation's Type is not among the selected Types, so it is not sent to Fortnox.",
  },
  'pair-excluded': {
    rule: 'R11',
    sentence: "The organisation's Type is no longer selected: nothing is written to Fortnox until it is.",
  },
  'waiting-for-customer-number': {
    rule: 'R30',
    sentence: 'webCRM owns the customer number and this organisation has none: enter it in webCRM.',
  },
  'waiting-for-name': { rule: 'C4', sentence: 'The organisation has no name: enter it in webCRM.' },
  'before-start-date': {
    rule: 'R13',
    sentence: 'Last changed before the start date and without a match: it is created only by an import or an edit.',
  },
  'match-proposed': {
    rule: 'R20',
    sentence:
      'A record of the same name exists on the other side without a common number: enter the same organisation or customer number on both if they are one.',
  },
  'match-ambiguous': {
    rule: 'R20',
    sentence: 'More than one record fits: make their organisation or customer numbers unique.',
  },
  'match-contradicted': {
    rule: 'R20',
    sentence: 'The customer number fits but the organisation number differs: correct one of them.',
  },
  'number-already-paired': {
    rule: 'R20',
    sentence: 'The record with this number is linked to another one: two records bear one number. Correct one of them.',
  },
  'gone-in-fortnox': {
    rule: 'R71',
    sentence: 'The customer no longer exists in Fortnox; nothing was deleted in webCRM.',
  },
  'gone-in-webcrm': {
    rule: 'R71',
    sentence: 'The organisation no longer exists in webCRM; nothing was deleted in Fortnox.',
  },
  'lost-race': {
    rule: 'R4',
    sentence:
      'The record changed between our read and our write, and the vendor refused the write; it is planned anew.',
  },
  'partial-put-unsafe': {
    rule: 'R3',
    sentence:
      'webCRM emptied fields that were not sent; they were restored, and writes to organisations have stopped. Ask the support of webCRM.',
  },
  detached: { rule: 'R71', sentence: 'The pair was unlinked by hand; nothing is synchronised.' },
} as const;
export type Reason = keyof typeof REASONS;
export const sentenceOf = (reason: Reason): string => REASONS[reason].sentence;
