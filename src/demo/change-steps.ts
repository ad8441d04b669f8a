import { seconds } from '../terminal/print.ts';
import { settled } from './import-step.ts';
import { customer, customers, organisation } from './records.ts';
import { expect, ofTenant, type Step, type Tour } from './tour.ts';
import { logged, seen } from './watch.ts';

function pairAt(tour: Tour, at: number): { customerNumber: string; organisationId: number } {
  const pair = tour.seeded.matched[at];
  expect(pair !== undefined, 'The seed holds too few matched customers.');
  return pair;
}

/** Changes by people on either side, and what becomes of them. */
export const CHANGE_STEPS: readonly Step[] = [
  {
    title: 'Someone changes a telephone number in webCRM',
    async run(tour) {
      const { customerNumber, organisationId } = pairAt(tour, 0);
      const phone = '08-555 010 20';
      await tour.control.patch(`/control/webcrm/organisations/${organisationId}`, { OrganisationTelephone: phone });
      const { tookMs } = await seen(
        tour,
        `telephone ${phone} in Fortnox`,
        async () => (await customer(tour, customerNumber)).Phone1 === phone,
      );
      tour.printer.line(`Customer ${customerNumber} has ${phone} in Fortnox after ${seconds(tookMs)}.`);
    },
  },
  {
    title: 'Someone changes an address in Fortnox',
    async run(tour) {
      const { customerNumber, organisationId } = pairAt(tour, 1);
      const street = 'Nya Hamngatan 7';
      await tour.control.patch(`/control/fortnox/customers/${customerNumber}`, { Address1: street });
      const { tookMs } = await seen(tour, `address ${street} in webCRM`, async () =>
        String((await organisation(tour, organisationId)).OrganisationAddress).startsWith(street),
      );
      tour.printer.line(`Organisation ${organisationId} has ${street} in webCRM after ${seconds(tookMs)}.`);
    },
  },
  {
    title: 'Someone adds a prospect in webCRM, which is nobody for Fortnox',
    async run(tour) {
      const name = 'Framtida Kunden i Lund AB';
      const fields = { OrganisationName: name, OrganisationType: 'Prospect', OrganisationCity: 'Lund' };
      const { id } = await tour.control.post<{ id: number }>('/control/webcrm/organisations', fields);
      const { value } = await logged(tour, `webcrmId=${id}`, 'the reason why the prospect was not sent', (line) =>
        line.reasons.includes('type-not-selected'),
      );
      tour.printer.line(`Not sent (${value.reasons.join(', ')}): ${value.message}`);
      const sent = (await customers(tour)).some((row) => row.Name === name);
      expect(!sent, `${name} is in Fortnox though its Type is not selected.`);
    },
  },
  {
    title: 'Two people change the same field on both sides before either is synchronised',
    async run(tour) {
      const { customerNumber, organisationId } = pairAt(tour, 2);
      const [inWebcrm, inFortnox] = ['www.salj.example', 'www.ekonomi.example'];
      await tour.api.post(ofTenant(tour, '/pause'));
      await tour.control.patch(`/control/webcrm/organisations/${organisationId}`, { OrganisationWww: inWebcrm });
      await tour.control.patch(`/control/fortnox/customers/${customerNumber}`, { WWW: inFortnox });
      await tour.api.post(ofTenant(tour, '/resume'));
      const { value } = await logged(
        tour,
        `webcrmId=${organisationId}`,
        'the settled conflict in the log',
        ({ reasons, lost }) => reasons.includes('conflict-resolved') && lost.length > 0,
      );
      const lost = value.lost.find((entry) => entry.field === 'website');
      expect(lost?.before === inWebcrm, 'The losing value is not in the log.');
      await settled(tour);
      const [row, kept] = [await organisation(tour, organisationId), await customer(tour, customerNumber)];
      expect(row.OrganisationWww === inFortnox && kept.WWW === inFortnox, 'The two sides differ after the conflict.');
      tour.printer.line(`webCRM said ${inWebcrm}, Fortnox ${inFortnox}: Fortnox's was kept on both sides (R70).`);
      tour.printer.line(`The log keeps the loser: ${lost.field} was ${lost.before}.`);
    },
  },
];
