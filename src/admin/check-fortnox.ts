import { PRIORITY, type Tenant } from '../../schemas/records.ts';
import type { FortnoxClient } from '../vendors/fortnox/types.ts';
import { type Attempt, attempt, type CheckItem, failed, passed, probe, refusal } from './check-items.ts';
import { checkCodes } from './check-settings.ts';

const PRIO = PRIORITY.notification;

/** What Fortnox must let us do for the tenant; writes nothing there. `claim` stores the company's number, or answers false (R26). */
export async function checkFortnox(
  fortnox: FortnoxClient,
  tenant: Tenant,
  claim: (databaseNumber: string) => Promise<boolean>,
): Promise<CheckItem[]> {
  const name = 'fortnox-credentials';
  const company = await attempt(() => fortnox.companyInformation(PRIO));
  if (!company.ok) return [refusal(name, 'Fortnox', company.error)];
  const { databaseNumber } = company.value;
  const free = await claim(databaseNumber);
  const { settings } = tenant;
  const mode = settings.documentMode;
  const [terms, currencies, articles, ...documents] = await Promise.all([
    attempt(() => fortnox.termsOfPayment(PRIO)),
    attempt(() => fortnox.currencies(PRIO)),
    settings.articles.follow ? checkArticles(fortnox, settings.articles.priceList) : [],
    probe('fortnox-licence', 'Fortnox', `The company may use ${mode}s through the integration.`, () =>
      fortnox.probeDocuments(mode, PRIO),
    ),
    // An order ends as an invoice, whose number and state are shown (R40).
    ...(mode === 'order'
      ? [
          probe('fortnox-invoices', 'Fortnox', 'The company may use invoices through the integration.', () =>
            fortnox.probeDocuments('invoice', PRIO),
          ),
        ]
      : []),
  ]);
  const codes = (
    item: string,
    what: string,
    rows: readonly { fortnox: string }[],
    known: Attempt<string[]>,
  ): CheckItem => (known.ok ? checkCodes(item, what, rows, known.value) : refusal(item, 'Fortnox', known.error));
  return [
    passed(name, `Fortnox accepts the connection to ${company.value.name}.`),
    free
      ? passed('fortnox-company', `The company has database number ${databaseNumber}.`)
      : failed(
          'fortnox-company',
          'Another tenant is connected to this Fortnox company already.',
          'Connect another company, or use the other tenant: one company belongs to one tenant.',
        ),
    ...documents,
    codes('fortnox-terms-of-payment', 'terms of payment', settings.termsOfPayment, terms),
    codes('fortnox-currencies', 'currency', settings.currencies, currencies),
    codes('fortnox-document-currencies', 'currency', settings.documents.currencies, currencies),
    ...articles,
  ];
}

/** The rights to articles and to prices are two (fortnox.md 2.7), and the list price needs a list. */
async function checkArticles(fortnox: FortnoxClient, wanted: string | null): Promise<CheckItem[]> {
  const [articles, lists] = await Promise.all([
    probe('fortnox-articles', 'Fortnox', 'Articles can be read.', () =>
      fortnox.listArticles(null, PRIO, async () => false),
    ),
    attempt(() => fortnox.priceLists(PRIO)),
  ]);
  const name = 'fortnox-price-list';
  if (!lists.ok) return [articles, refusal(name, 'Fortnox', lists.error)];
  const found = lists.value.find((list) => (wanted === null ? list.preselected : list.code === wanted));
  const known = lists.value.map((list) => `"${list.code}"`).join(', ') || 'none';
  return [
    articles,
    found
      ? passed(name, `List prices are those of price list ${found.code}.`)
      : failed(
          name,
          wanted === null ? 'Fortnox has no preselected price list.' : `Fortnox has no price list "${wanted}".`,
          `Name one of Fortnox's lists in articles.priceList: ${known}.`,
        ),
  ];
}
