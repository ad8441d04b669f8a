import type { Ending } from './ending.ts';
import type { Parties } from './parties.ts';

/** Nothing is ever sent for an organisation whose Type is not selected: its Type at the time of each write counts (R10). */
export function judgeTypes(ending: Ending, parties: Parties): { problems: string[]; gapEdits: number } {
  const problems: string[] = [];
  let gapEdits = 0;
  const moved = new Set(
    ending.pairs
      .filter(({ webcrmId }) => ending.moved.has(Number(webcrmId)))
      .flatMap(({ fortnoxId, invoiceRef }) => [fortnoxId, invoiceRef]),
  );
  const documents = ending.documentWrites
    .filter(({ number }) => !moved.has(number))
    .map(({ at, kind, number, body }) => {
      const present = ending.documents[kind].find((one) => one.DocumentNumber === number);
      const customer = String(body.CustomerNumber ?? present?.CustomerNumber);
      return { at, what: `${kind} ${number}`, customer, isImported: false };
    });
  const customers = ending.writes.fortnox.map(({ at, id, method }) => ({
    at,
    what: `customer ${id}`,
    customer: id,
    isImported: ending.imported && method === 'POST',
  }));
  for (const { at, what, customer, isImported } of [...customers, ...documents]) {
    const organisation = parties.partners.fortnox.get(customer);
    if (organisation === undefined) continue;
    const line = parties.lines.webcrm.of(organisation, 'kind').filter((entry) => entry.at <= at);
    const present = line.at(-1);
    if (present === undefined || present.value !== null) continue;
    // An import makes a customer of its organisation as it was listed, when the notification of its change was lost (known, and in DESIGN.md).
    if (isImported && at - present.at <= ending.settledMs) continue;
    if (at - present.at <= ending.gapMs) gapEdits += 1;
    else problems.push(`${what} was written while organisation ${organisation} was of a Type that is not selected`);
  }
  return { problems, gapEdits };
}
