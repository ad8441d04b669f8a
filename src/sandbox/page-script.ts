import { PAGE_FORM } from './page-form.ts';
import { SEEDED_CUSTOM_FIELDS } from './seed.ts';
import { SEEDED_DELIVERY_FIELDS, SEEDED_ITEM_FIELDS } from './seed-documents.ts';

const TABLES = `
const sameText = (one, other) => plain(one).trim() === plain(other).trim();
const sameNumber = (one, other) => Number(plain(one) || 0) === Number(plain(other) || 0);

/** Pairs of records that bear the same key, then what is left on either side. */
function joined(left, right, keyOfLeft, keyOfRight) {
  const byKey = new Map(right.map((record) => [plain(keyOfRight(record)).trim(), record]));
  const found = left.map((record) => {
    const key = plain(keyOfLeft(record)).trim();
    const other = key === '' ? undefined : byKey.get(key);
    if (other) byKey.delete(key);
    return { key, left: record, right: other };
  });
  for (const [key, record] of byKey) found.push({ key, right: record });
  return found.sort((a, b) => a.key.localeCompare(b.key, 'sv', { numeric: true }));
}

function editCell(kind, record, line, title) {
  const box = make('td', undefined, line);
  if (!record) return;
  const button = make('button', 'Edit', box);
  button.type = 'button';
  button.dataset.key = kind + '/' + KINDS[kind].id(record);
  button.setAttribute('aria-label', 'Edit ' + title);
  button.onclick = () => edit(kind, record);
}
/** Cells of one side and of the other; what differs is marked where both have a record. */
function comparedCells(line, kinds, pair, shown, title) {
  for (const side of ['left', 'right']) {
    if (kinds) editCell(kinds[side], pair[side], line, title);
    for (const [, there, here, same] of shown) {
      const values = [pair.left && pair.left[there], pair.right && pair.right[here]];
      const differs = pair.left && pair.right && !(same || sameText)(values[0], values[1]);
      make('td', plain(values[side === 'left' ? 0 : 1]), line, differs ? 'differs' : undefined);
    }
  }
}
function heads(table, titles) {
  const line = make('tr', undefined, make('thead', undefined, table));
  for (const title of titles) make('th', title, line).scope = 'col';
  return make('tbody', undefined, table);
}

const SHOWN_CUSTOMER = [
  ['Name', 'OrganisationName', 'Name'], ['Telephone', 'OrganisationTelephone', 'Phone1'],
  ['E-mail', FIELDS.email, 'Email'], ['City', 'OrganisationCity', 'City'],
];
function drawCustomers(table, { organisations, customers }) {
  const titles = SHOWN_CUSTOMER.map(([title]) => title);
  const body = heads(table, ['Number', 'webCRM', ...titles, 'Fortnox', ...titles]);
  for (const pair of joined(organisations, customers, (row) => row[FIELDS.customerNumber], (row) => row.CustomerNumber)) {
    const line = make('tr', undefined, body);
    make('td', pair.key, line);
    comparedCells(line, { left: 'organisations', right: 'customers' }, pair, SHOWN_CUSTOMER, 'customer ' + pair.key);
  }
}

const SHOWN_ARTICLE = [
  ['Name', ITEM(LINE.name), 'Description'], ['Unit', ITEM(LINE.unit), 'Unit'],
  ['Cost', ITEM_PRICE.cost, 'PurchasePrice', sameNumber], ['Price', ITEM_PRICE.list, 'Price', sameNumber],
];
function drawArticles(table, { items, articles }) {
  const titles = SHOWN_ARTICLE.map(([title]) => title);
  const body = heads(table, ['Number', 'webCRM', ...titles, 'Fortnox', ...titles]);
  for (const pair of joined(items, articles, (row) => row[ITEM(LINE.number)], (row) => row.ArticleNumber)) {
    const line = make('tr', undefined, body);
    make('td', pair.key, line);
    comparedCells(line, { left: 'items', right: 'articles' }, pair, SHOWN_ARTICLE, 'article ' + pair.key);
  }
}

const SHOWN_ROW = [
  ['Article', DATA(LINE.number), 'ArticleNumber'], ['Text', DATA(LINE.name), 'Description'],
  ['Quantity', 'QuotationLineQuantity', 'Quantity', sameNumber], ['Unit', DATA(LINE.unit), 'Unit'],
  ['Price', 'QuotationLineListPrice', 'Price', sameNumber], ['Discount', 'QuotationLineDiscount', 'Discount', sameNumber],
];
const isPlainText = (row) => !row.ArticleNumber && Number(row.DeliveredQuantity) === 0 && Number(row.Price) === 0;
const documentRows = (document) => {
  if (!document) return [];
  const rows = document.OrderRows ?? document.InvoiceRows ?? [];
  const quantity = document.OrderRows ? 'OrderedQuantity' : 'DeliveredQuantity';
  return rows.map((row) => ({ ...row, Quantity: isPlainText(row) ? '0' : row[quantity] }));
};
const documentKind = (document) => (document && document.InvoiceRows ? 'invoices' : 'orders');
function stateOf(document) {
  const words = [];
  if (document.InvoiceReference && document.InvoiceReference !== '0') words.push('invoiced as ' + document.InvoiceReference);
  if (document.OrderReference && document.OrderReference !== '0') words.push('of order ' + document.OrderReference);
  for (const [field, word] of [['Sent', 'sent'], ['Booked', 'booked'], ['Cancelled', 'cancelled']]) if (document[field] === true) words.push(word);
  if (document.Credit === 'true') words.push('credit of ' + document.CreditInvoiceReference);
  if (document.FinalPayDate) words.push('paid');
  return words.join(', ');
}
/** By the numbers that the deliveries show: an order by the one, an invoice without one by the other. */
function documentPairs({ deliveries, orders, invoices }) {
  const left = new Map([...orders.map((row) => ['order ' + row.DocumentNumber, row]), ...invoices.map((row) => ['invoice ' + row.DocumentNumber, row])]);
  const found = deliveries.map((delivery) => {
    const keys = ['order ' + delivery[SHOWS.number], 'invoice ' + delivery[SHOWS.invoiceNumber], 'invoice ' + delivery[SHOWS.number]];
    const key = keys.find((candidate) => left.has(candidate));
    const right = key && left.get(key);
    if (key) left.delete(key);
    return { left: delivery, right };
  });
  for (const right of left.values()) found.push({ right });
  return found;
}
function drawDocuments(table, data) {
  const names = new Map(data.organisations.map((row) => [row.OrganisationId, row.OrganisationName]));
  const titles = SHOWN_ROW.map(([title]) => title);
  const body = heads(table, ['webCRM', ...titles, 'Fortnox', ...titles]);
  for (const { left, right } of documentPairs(data)) {
    const head = make('tr', undefined, body, 'head');
    editCell('deliveries', left, head, 'delivery ' + (left ? left.DeliveryId : ''));
    const told = (text) => { make('td', text, head).colSpan = titles.length; };
    const shown = left ? [SHOWS.number, SHOWS.invoiceNumber, SHOWS.invoiceBooked, SHOWS.documentState].map((name) => plain(left[name])) : [];
    told(left ? [left.DeliveryId, left.DeliveryDescription, names.get(left.DeliveryOrganisationId), left.DeliveryStatus,
      shown[0] && 'order ' + shown[0], shown[1] && 'invoice ' + shown[1], shown[2] && 'booked: ' + shown[2], shown[3]].filter(Boolean).join(' | ') : '');
    const kind = documentKind(right);
    editCell(kind, right, head, right ? kind.slice(0, -1) + ' ' + right.DocumentNumber : '');
    told(right ? [kind.slice(0, -1) + ' ' + right.DocumentNumber, right.CustomerName, stateOf(right)].filter(Boolean).join(' | ') : '');
    const lines = left ? data.lines.filter((row) => row.QuotationLineOpportunityId === left.DeliveryId) : [];
    const rows = documentRows(right);
    for (let at = 0; at < Math.max(lines.length, rows.length); at += 1) {
      const line = make('tr', undefined, body);
      const pair = { left: lines[at], right: rows[at] };
      editCell('lines', pair.left, line, 'line ' + (at + 1));
      const half = { left: SHOWN_ROW.map(([, there]) => there), right: SHOWN_ROW.map(([, , here]) => here) };
      for (const side of ['left', 'right']) {
        if (side === 'right') make('td', undefined, line);
        half[side].forEach((name, column) => {
          const same = SHOWN_ROW[column][3] || sameText;
          const differs = left && right && !same(pair.left && pair.left[half.left[column]], pair.right && pair.right[half.right[column]]);
          make('td', pair[side] ? plain(pair[side][name]) : '', line, differs ? 'differs' : undefined);
        });
      }
    }
  }
}

const drawn = new Map();
/** Draws anew only what changed, and gives the focus back to the button that had it. */
function draw(id, data, how) {
  const text = JSON.stringify(data);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  const table = byId(id);
  const held = table.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  table.replaceChildren();
  how(table, data);
  if (held !== undefined) for (const button of table.querySelectorAll('button')) if (button.dataset.key === held) button.focus();
}

async function refresh() {
  const lists = Object.entries(KINDS).map(async ([kind, { path }]) => [kind, await call('GET', path)]);
  const { organisations, customers, items, articles, deliveries, lines, orders, invoices } = Object.fromEntries(await Promise.all(lists));
  draw('documents', { deliveries, lines, orders, invoices, organisations }, drawDocuments);
  draw('articles', { items, articles }, drawArticles);
  draw('companies', { organisations, customers }, drawCustomers);
  for (const side of ['webcrm', 'fortnox']) {
    const [counts, violations] = await Promise.all([call('GET', side + '/counts'), call('GET', side + '/violations')]);
    draw('counts-' + side, { counts, violations }, (box) => {
      make('h2', side, box);
      make('div', counts.total + ' calls, ' + counts.writes + ' writes, ' + counts.refused + ' refused, ' + counts.throttled + ' throttled', box);
      for (const [route, count] of Object.entries(counts.byRoute)) make('div', route + ': ' + count, box);
      for (const violation of violations.slice(-10)) make('div', violation.request + ': ' + violation.why, box, 'violations');
    });
  }
}

for (const [kind, { path, title }] of Object.entries(KINDS)) {
  // A line is added from its delivery.
  if (kind === 'lines') continue;
  const button = make('button', title, byId('new-' + path.split('/')[0]));
  button.type = 'button';
  button.onclick = () => edit(kind, null);
}
byId('seed').onclick = act(() => call('POST', 'seed', {}));
byId('reset').onclick = act(() => call('POST', 'reset'));
act(async () => {})();
setInterval(() => { refresh().catch((error) => say(error.message)); }, 2000);
`;

/** The page's script. What comes from a company goes into the document by textContent or value, never as markup. */
export const PAGE_SCRIPT = `
const FIELDS = ${JSON.stringify(SEEDED_CUSTOM_FIELDS)};
const SHOWS = ${JSON.stringify(SEEDED_DELIVERY_FIELDS)};
const LINE = ${JSON.stringify(SEEDED_ITEM_FIELDS)};
${PAGE_FORM}${TABLES}`;
