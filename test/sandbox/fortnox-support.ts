import { createFortnoxSandbox, type FortnoxSwitches } from '../../src/sandbox/fortnox/index.ts';

const BASIC = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
export type Json = Record<string, unknown>;

/** A company with one customer and one article with a price, and calls through the API a second apart. */
export function setup(switches: Partial<FortnoxSwitches> = {}) {
  const clock = { now: Date.UTC(2026, 2, 2, 9) };
  const sent: { topic: string; type: string; entityId: string }[] = [];
  const notify = (_url: string, _headers: unknown, body: string) => void sent.push(JSON.parse(body));
  const sandbox = createFortnoxSandbox({ now: () => clock.now, random: () => 0.5, notify, switches });
  sandbox.setWebhook('http://here', `whsec_${Buffer.from('key').toString('base64')}`);
  const granted = sandbox.handle({
    method: 'POST',
    url: '/oauth-v1/token',
    headers: { authorization: BASIC },
    body: `grant_type=refresh_token&refresh_token=${sandbox.issueRefreshToken()}`,
  });
  const token = JSON.parse(granted.body).access_token;
  const call = (method: string, path: string, body?: object) => {
    clock.now += 1_000;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = sandbox.handle({ method, url: `/3/${path}`, headers, body: body ? JSON.stringify(body) : '' });
    return { status: answer.status, body: answer.body === '' ? null : JSON.parse(answer.body) };
  };
  const { person } = sandbox;
  person.createCustomer({ Name: 'Lyktan AB', CountryCode: 'SE', City: 'Solna' });
  person.createArticle({ ArticleNumber: 'LAMPA', Description: 'Lampa', Unit: 'st', PurchasePrice: 40 });
  person.setPrice('LAMPA', 99.5);
  const types = () => sent.map(({ type, entityId }) => `${type} ${entityId}`);
  return { sandbox, person, clock, sent, types, call };
}
/** A row of the article, two of it. */
export const lamp = (more: object = {}) => ({
  ArticleNumber: 'LAMPA',
  OrderedQuantity: '2',
  DeliveredQuantity: '2',
  ...more,
});
export const ids = (rows: unknown) => (rows as { RowId: number }[]).map(({ RowId }) => RowId);
/** A row of an invoice, as a person types it. */
export const lampOfInvoice = () => ({ ArticleNumber: 'LAMPA', DeliveredQuantity: 2 });
