/** Why the engine decided as it did: a closed list, each with the rule it comes from and a plain sentence. Part of the API. */
export const REASONS = {
  'in-step': { rule: 'R1', sentence: 'Both sides agree; nothing was written.' },
  'linked-by-number': { rule: 'R20', sentence: 'Linked: both sides bear the same number.' },
  'linked-by-organisation-number': { rule: 'R20', sentence: 'Linked: both sides bear the same organisation number.' },
  recovered: {
    rule: 'R22',
    sentence: 'A create whose answer was lost was found again and linked; nothing was created twice.',
  },
  'created-in-fortnox': { rule: 'R22', sentence: 'The record was created in Fortnox.' },
  'created-in-webcrm': { rule: 'R22', sentence: 'The record was created in webCRM.' },
  'conflict-resolved': {
    rule: 'R70',
    sentence: 'Both sides had changed the same field; the conflict policy chose, and the other value is in the log.',
  },
  'changed-on-both-sides': {
    rule: 'R72',
    sentence:
      'After a long pause both sides had changed the same field; nothing was written. The log shows what would lose: make both sides equal, or decide the pair.',
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
    sentence: 'Dated before the start date and without a match: it is created only by an import.',
  },
  'match-proposed': {
    rule: 'R20',
    sentence:
      'A record of the same name exists on the other side without a common number: enter the same organisation or customer number on both if they are one.',
  },
  'match-ambiguous': {
    rule: 'R20',
    sentence: 'More than one record fits: make their numbers unique.',
  },
  'match-contradicted': {
    rule: 'R20',
    sentence: 'One number says that the two are the same, another that they are not: correct one of them, or decide.',
  },
  'number-already-paired': {
    rule: 'R20',
    sentence: 'The record with this number is linked to another one: two records bear one number. Correct one of them.',
  },
  'gone-in-fortnox': {
    rule: 'R71',
    sentence: 'The record no longer exists in Fortnox; nothing was deleted in webCRM.',
  },
  'gone-in-webcrm': {
    rule: 'R71',
    sentence: 'The record no longer exists in webCRM; nothing was deleted in Fortnox.',
  },
  'lost-race': {
    rule: 'R4',
    sentence:
      'The record changed between our read and our write, and the vendor refused the write; it is planned anew.',
  },
  'partial-put-unsafe': {
    rule: 'R3',
    sentence:
      'webCRM emptied fields that were not sent; they were restored, and writes to such records have stopped. Ask the support of webCRM.',
  },
  'owned-by-fortnox': {
    rule: 'R31',
    sentence: 'This value comes from Fortnox alone; what was typed in webCRM was put back and is in the log.',
  },
  'linked-by-document-number': {
    rule: 'R20',
    sentence: 'Linked: the delivery bears the number of a document of the same customer.',
  },
  'no-organisation': {
    rule: 'D8',
    sentence: 'The delivery belongs to no organisation that exists: choose one in webCRM.',
  },
  'status-not-selected': {
    rule: 'R25',
    sentence: "The delivery's status is not among those that become a document: change it, or the setting.",
  },
  'no-rows': { rule: 'R25', sentence: 'The delivery has no lines yet; it becomes a document when it has one.' },
  'header-discount': {
    rule: 'R45',
    sentence: 'The delivery has a discount on the whole, which Fortnox cannot hold: give the discount on its lines.',
  },
  'waiting-for-customer': {
    rule: 'R12',
    sentence:
      'Its customer is not in step yet; it follows as soon as the customer is. See the customer for the reason.',
  },
  'waiting-for-paused-customer': {
    rule: 'R72',
    sentence:
      'Its customer is not in step yet, and customers are paused in that direction; it follows when they are resumed.',
  },
  'to-fortnox-paused': {
    rule: 'R72',
    sentence:
      'Writing such records to Fortnox is paused by hand. What is to be written waits, and is written when it is resumed.',
  },
  'to-webcrm-paused': {
    rule: 'R72',
    sentence:
      'Writing such records to webCRM is paused by hand. What is to be written waits, and is written when it is resumed.',
  },
  'invoice-booked': {
    rule: 'R41',
    sentence: 'The invoice is booked: it is never written. Make a credit invoice in Fortnox if it has to change.',
  },
  'document-cancelled': {
    rule: 'R48',
    sentence: 'The document was cancelled in Fortnox; nothing is written to it or made anew.',
  },
  'order-invoiced': {
    rule: 'R41',
    sentence: 'The order was made into an invoice: it takes no more changes. Change the invoice in Fortnox.',
  },
  'rows-locked-by-order': {
    rule: 'R41',
    sentence: 'The invoice was made from an order, so Fortnox takes no changes of its rows. Change them in Fortnox.',
  },
  'invoice-shared': {
    rule: 'R40',
    sentence:
      'The invoice serves several orders, so a change of one delivery is not written to it. Change it in Fortnox.',
  },
  'invoice-sent-or-paid': {
    rule: 'R41',
    sentence: 'With the cash method an invoice that was sent or paid is never written.',
  },
  'customer-cannot-change': {
    rule: 'R47',
    sentence:
      'The delivery and its document have different customers; the customer of a document is changed in Fortnox.',
  },
  'customer-not-linked': {
    rule: 'R47',
    sentence:
      "The delivery's customer is not linked with one in Fortnox: see the customer for the reason. The document keeps its customer until then; everything else goes on.",
  },
  'vat-included': {
    rule: 'R45',
    sentence: 'The prices of the document include VAT, and the settings leave such documents alone.',
  },
  'article-unknown': {
    rule: 'R50',
    sentence: 'A line names an article that Fortnox does not have; it became a row of text there.',
  },
  'article-refused': {
    rule: 'R50',
    sentence: 'A line names an article that Fortnox does not have: add it in Fortnox, or change the line.',
  },
  'amount-discount': {
    rule: 'R44',
    sentence: 'The row has a discount of an amount in Fortnox, which stays; the percentage in webCRM was not sent.',
  },
  'rows-conflict': {
    rule: 'R44',
    sentence: 'Rows were changed on both sides in ways that do not fit together; the edit was kept, see the log.',
  },
  'line-held-more': {
    rule: 'R44',
    sentence:
      'A row was changed or deleted in Fortnox whose line held values that Fortnox had no room for; they are in the log.',
  },
  'date-unreadable': {
    rule: 'R46',
    sentence: 'A date in webCRM cannot be read: write it as YYYY-MM-DD. The field was left alone.',
  },
  'credit-on-original': {
    rule: 'R48',
    sentence: 'A credit invoice is shown on the delivery of the invoice that it credits.',
  },
  'invoice-has-delivery': {
    rule: 'R40',
    sentence: 'The order was made into an invoice that has a delivery of its own; a second one would show it twice.',
  },
  'item-put-back': {
    rule: 'R60',
    sentence: 'The register follows the articles of Fortnox; what was edited by hand in webCRM was put back.',
  },
  'article-inactive': {
    rule: 'R60',
    sentence:
      'The article was deactivated or deleted in Fortnox; its item was left, marked or removed as the settings say.',
  },
  'articles-not-followed': { rule: 'R60', sentence: 'The settings do not let the register follow the articles.' },
  'other-direction': {
    rule: 'R21',
    sentence:
      'The import makes no records on that side: start one in the other direction, or change the record so that it follows by itself.',
  },
  erased: {
    rule: 'R77',
    sentence:
      'The data of this person was erased here at the request of a person, so the record is left alone; readmit it to synchronise it again.',
  },
  detached: { rule: 'R71', sentence: 'The pair was unlinked by hand; nothing is synchronised.' },
} as const;
export type Reason = keyof typeof REASONS;
export const sentenceOf = (reason: Reason): string => REASONS[reason].sentence;
