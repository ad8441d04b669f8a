import t from 'tap';
import { controlPage } from '../../src/sandbox/page.ts';
import { PAGE_SCRIPT } from '../../src/sandbox/page-script.ts';
import { seedCompanies } from '../../src/sandbox/seed.ts';
import { SEEDED_DELIVERY_FIELDS } from '../../src/sandbox/seed-documents.ts';
import { setup } from './control-support.ts';
import { createDom } from './page-dom.ts';

t.test('the page is whole in itself, escapes what it is given, and only its own script may run', async (t) => {
  const { app } = setup(t);
  const answer = await app.inject('/');
  t.match(answer.headers['content-type'], /text\/html/);
  t.match(answer.body, '&lt;b&gt;docs&lt;/b&gt;');
  t.match(answer.body, 'href="http://x/?a=&quot;1&quot;"');
  t.notMatch(answer.body, /innerHTML|<b>|src=/);
  t.match(answer.headers['content-security-policy'], /default-src 'none'.*script-src 'sha256-/);
  const script = /<script>([\s\S]*)<\/script>/.exec(controlPage([]).html)?.[1] ?? '';
  t.match(script, /KINDS/);
  t.doesNotThrow(() => new Function(script), 'the script can be read');
});

t.test('the page shows both companies side by side, and people edit them in its forms', async (t) => {
  const { app, fortnox, webcrm, random } = setup(t);
  const counts = { matched: 1, onlyWebcrm: 0, onlyFortnox: 0, otherType: 0, articles: 3, deliveries: 1, random };
  const [deliveryId] = seedCompanies(fortnox, webcrm, counts).deliveries;
  const number = fortnox.person.createOrder({
    CustomerNumber: '1',
    OrderRows: [{ ArticleNumber: '2010', OrderedQuantity: '2', DeliveredQuantity: '2' }],
  });
  webcrm.person.editDelivery(Number(deliveryId), { [SEEDED_DELIVERY_FIELDS.number]: number });
  const dom = createDom();
  const fetchLike = async (url: string, init: { method: 'GET'; body?: string; headers?: Record<string, string> }) => {
    const { method, headers = {}, body } = init;
    const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
    return { ok: answer.statusCode < 400, status: answer.statusCode, text: async () => answer.body };
  };
  let refresh = () => {};
  const script = new Function('document', 'fetch', 'setInterval', PAGE_SCRIPT);
  script(dom.document, fetchLike, (again: () => void) => {
    refresh = again;
  });
  const until = async (what: string, holds: () => boolean) => {
    for (let left = 200; left > 0 && !holds(); left -= 1) await new Promise(setImmediate);
    t.ok(holds(), what);
    t.equal(dom.byId('message').textContent, '');
  };
  const documents = dom.byId('documents');
  await until('drawn', () => /order 1/.test(documents.textContent) && dom.byId('counts-fortnox').children.length > 0);
  t.match(documents.textContent, /Ny belysning i butiken.*New.*order 1/);
  t.match(dom.byId('articles').textContent, /LED-panel 60x60 st 412.5 849/);
  t.match(dom.byId('companies').textContent, /AB|[A-ZÅÄÖ]/);

  documents.find('Edit order 1').onclick?.();
  const form = dom.byId('edit');
  form.find('OrderedQuantity').type('5');
  form.find('Row on top').onclick?.();
  const [top] = form.all().filter((node) => node.labels.get('aria-label') === 'Description');
  top?.type('Först');
  form.onsubmit?.({ preventDefault() {} });
  await until('the order is edited', () => fortnox.order('1')?.OrderRows?.length === 2);
  t.match(fortnox.order('1')?.OrderRows, [{ Description: 'Först' }, { OrderedQuantity: '5', DeliveredQuantity: '5' }]);

  await until('drawn anew', () => /Först/.test(documents.textContent));
  const button = documents.find(`Edit delivery ${deliveryId}`);
  button.onclick?.();
  form.find('field-DeliveryStatus').type('Planned');
  form.onsubmit?.({ preventDefault() {} });
  await until('the delivery is edited', () => webcrm.delivery(Number(deliveryId))?.DeliveryStatus === 'Planned');
  await until('drawn with it', () => /Planned/.test(documents.textContent));

  dom.byId('articles').find('Edit article 2010').onclick?.();
  form.find('price').type('899,50');
  form.find('Set price').onclick?.();
  await until('the price is set', () => fortnox.priceOf('2010') === 899.5);

  const held = documents.find('Edit order 1');
  held.focus();
  fortnox.person.editOrder('1', { YourReference: 'Eva' });
  fortnox.person.cancelOrder('1');
  refresh();
  await until('drawn with the cancellation', () => /cancelled/.test(documents.textContent));
  const { activeElement } = dom.document as { activeElement: { dataset: Record<string, string> } };
  t.not(activeElement, held, 'the button is a new one');
  t.equal(activeElement.dataset.key, 'orders/1', 'and has the focus of the old one');
});
