import t from 'tap';
import { measureCalls } from '../../bench/calls.ts';

/** What each change may cost, both vendors together: the reads of both sides that a decision needs, and the writes. */
const AT_MOST: Readonly<Record<string, number>> = {
  'customer updated in webCRM': 3,
  'customer updated in Fortnox': 3,
  'own echo of a customer, in webCRM': 1,
  'own echo of a customer, in Fortnox': 1,
  'organisation with a VAT number becomes a customer': 7,
  'customer with an organisation number born in Fortnox': 4,
  'delivery with one line becomes an order': 5,
  'delivery with ten lines becomes an order': 5,
  'head of a document updated in webCRM': 5,
  'head of a document updated in Fortnox': 5,
  'one row updated in Fortnox (one webCRM line)': 5,
  'one line updated in webCRM': 5,
  'own echo of a delivery': 2,
  'own echo of an order': 1,
  'order with ten rows born in Fortnox': 14,
  'article updated in Fortnox': 4,
};

t.test('R2 R44 B5 each change costs the fewest calls, and never skips the read of the side it writes', async (t) => {
  for (const { change, webcrm, fortnox, byRoute } of await measureCalls()) {
    t.equal(webcrm + fortnox, AT_MOST[change], `${change}: ${JSON.stringify(byRoute)}`);
    for (const route of Object.keys(byRoute).filter((one) => one.startsWith('PUT '))) {
      // A record that was made in the same job was read by its answer.
      const read = byRoute[route.replace('PUT', 'GET')] ?? 0;
      const line = route === 'PUT /QuotationLines/{id}' ? (byRoute['GET /Deliveries/{id}/QuotationLines'] ?? 0) : 0;
      t.ok(read + line > 0, `${change}: ${route} after a read`);
    }
  }
});
