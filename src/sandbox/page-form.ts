/** The part of the page's script that calls the control and edits one record in a form. */
export const PAGE_FORM = `
const DATA = (at) => 'QuotationLineData' + at;
const ITEM = (at) => 'QuotationLineLinkedDataItemData' + at;
const ITEM_PRICE = { cost: 'QuotationLineLinkedDataItemCostPrice', list: 'QuotationLineLinkedDataItemPrice' };
const PLACEHOLDER = '-- vælg --';
const LINE_NUMBERS = ['Quantity', 'ListPrice', 'Price', 'CostPrice', 'Discount', 'VatPercentage', 'SortOrder'].map((name) => 'QuotationLine' + name);
const HEAD = ['OurReference', 'YourReference', 'YourOrderNumber', 'DeliveryDate', 'Remarks'];
const CUSTOMER_FIELDS = Object.values(FIELDS).filter((name) => name !== FIELDS.customerNumber);

/** What each kind of record is called, where it is, which fields are edited, and what else can be done with it. */
const KINDS = {
  organisations: {
    path: 'webcrm/organisations', title: 'Organisation', id: (row) => row.OrganisationId,
    fields: ['OrganisationName', 'OrganisationType', FIELDS.customerNumber, 'OrganisationTelephone', 'OrganisationWww', 'OrganisationAddress',
      'OrganisationPostCode', 'OrganisationCity', 'OrganisationCountry', 'OrganisationVatNumber', ...CUSTOMER_FIELDS],
    memo: ['OrganisationAddress'], deletes: true,
  },
  deliveries: {
    path: 'webcrm/deliveries', title: 'Delivery', id: (row) => row.DeliveryId,
    fields: ['DeliveryDescription', 'DeliveryStatus', 'DeliveryOrderDate', ...Object.values(SHOWS)],
    first: ['DeliveryOrganisationId'], numbers: ['DeliveryOrganisationId'], deletes: true,
    acts: [['Add line', (row) => edit('lines', null, { QuotationLineOpportunityId: row.DeliveryId })],
      ['Move to organisation', 'move', 'organisationId']],
  },
  lines: {
    path: 'webcrm/lines', title: 'Line', id: (row) => row.QuotationLineId,
    fields: [DATA(LINE.number), DATA(LINE.name), DATA(LINE.unit), ...LINE_NUMBERS],
    first: ['QuotationLineOpportunityId'], numbers: [...LINE_NUMBERS, 'QuotationLineOpportunityId'], deletes: true,
  },
  items: {
    path: 'webcrm/items', title: 'Register item', id: (row) => row.QuotationLineLinkedDataItemId,
    fields: [ITEM(LINE.number), ITEM(LINE.name), ITEM(LINE.unit), ITEM_PRICE.cost, ITEM_PRICE.list],
    numbers: Object.values(ITEM_PRICE), deletes: true,
  },
  customers: {
    path: 'fortnox/customers', title: 'Customer', id: (row) => row.CustomerNumber,
    fields: ['Name', 'Type', 'OrganisationNumber', 'VATNumber', 'Phone1', 'Email', 'WWW', 'Address1', 'Address2', 'ZipCode', 'City',
      'CountryCode', 'VisitingAddress', 'VisitingZipCode', 'VisitingCity', 'VisitingCountryCode', 'TermsOfPayment', 'Currency'],
    deletes: true,
  },
  articles: {
    path: 'fortnox/articles', title: 'Article', id: (row) => row.ArticleNumber,
    fields: ['Description', 'Unit', 'PurchasePrice'], first: ['ArticleNumber'], numbers: ['PurchasePrice'], deletes: true,
    acts: [['Set price', 'price', 'price']],
  },
  orders: {
    path: 'fortnox/orders', title: 'Order', id: (row) => row.DocumentNumber,
    fields: [...HEAD, 'OrderDate'], first: ['CustomerNumber'], rows: ['OrderRows', 'OrderedQuantity'],
    acts: [['Make the invoice', 'invoice'], ['Cancel the order', 'cancel']],
  },
  invoices: {
    path: 'fortnox/invoices', title: 'Invoice', id: (row) => row.DocumentNumber,
    fields: [...HEAD, 'InvoiceDate'], first: ['CustomerNumber'], rows: ['InvoiceRows', 'DeliveredQuantity'],
    acts: [['Book', 'book'], ['Send', 'send'], ['Pay', 'pay'], ['Credit', 'credit'], ['Cancel the invoice', 'cancel']],
  },
};

const byId = (id) => document.getElementById(id);
const make = (tag, text, parent, className) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  if (parent) parent.append(node);
  return node;
};
const say = (text) => { byId('message').textContent = text; };
const call = async (method, path, body) => {
  const init = { method };
  if (body !== undefined) Object.assign(init, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await fetch('/control/' + path, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text ? JSON.parse(text).message : String(answer.status));
  return text ? JSON.parse(text) : null;
};
const act = (work) => async (event) => {
  if (event) event.preventDefault();
  try { await work(); say(''); await refresh(); } catch (error) { say(error.message); }
};
const plain = (value) => value === undefined || value === null || value === PLACEHOLDER ? '' : String(value);
const button = (text, parent, work) => {
  const node = make('button', text, parent);
  node.type = 'button';
  node.onclick = work;
  return node;
};
const given = (numbers, name, value) => numbers.includes(name) ? Number(value.replace(',', '.')) : value;

function closeForm() {
  byId('edit').replaceChildren();
  byId('title').textContent = '';
}

/** Rows of an order or invoice, editable; gives back the whole new list, or null when nothing was touched. */
function rowEditor(form, rows, quantity) {
  const columns = ['ArticleNumber', 'Description', quantity, 'Unit', 'Price', 'Discount'];
  const table = make('table', undefined, form);
  const head = make('tr', undefined, make('thead', undefined, table));
  for (const name of [...columns, '']) make('th', name, head).scope = 'col';
  const body = make('tbody', undefined, table);
  let touched = false;
  const held = new Map();
  const add = (row, place) => {
    const line = document.createElement('tr');
    body[place](line);
    const inputs = columns.map((name) => {
      const input = make('input', undefined, make('td', undefined, line));
      input.setAttribute('aria-label', name);
      input.value = row ? plain(row[name]) : '';
      input.oninput = () => { touched = true; };
      return { name, input, before: input.value };
    });
    held.set(line, { id: row ? row.RowId : undefined, inputs });
    button('Remove', make('td', undefined, line), () => { touched = true; held.delete(line); line.remove(); });
    return inputs[0].input;
  };
  for (const row of rows) add(row, 'append');
  const more = make('div', undefined, form);
  button('Row on top', more, () => { touched = true; add(null, 'prepend').focus(); });
  button('Row below', more, () => { touched = true; add(null, 'append').focus(); });
  return () => {
    if (!touched) return null;
    return [...body.children].map((line) => {
      const { id, inputs } = held.get(line);
      const changed = inputs.filter(({ input, before }) => input.value !== before);
      const fields = Object.fromEntries(changed.map(({ name, input }) => [name, given(['Price', 'Discount'], name, input.value)]));
      // The quantity that was delivered follows the ordered one, as long as nobody says otherwise.
      if (fields.OrderedQuantity !== undefined) fields.DeliveredQuantity = fields.OrderedQuantity;
      return { ...(id === undefined ? {} : { RowId: id }), ...fields };
    });
  };
}

function edit(name, record, preset = {}) {
  const kind = KINDS[name];
  const { numbers = [], first = [], memo = [] } = kind;
  const form = byId('edit');
  form.replaceChildren();
  const id = record ? kind.id(record) : null;
  byId('title').textContent = kind.title + ': ' + (id === null ? 'new' : id);
  const inputs = new Map();
  for (const field of id === null ? [...first, ...kind.fields] : kind.fields) {
    const label = make('label', field, form);
    const input = make(memo.includes(field) ? 'textarea' : 'input', undefined, form);
    label.htmlFor = input.id = 'field-' + field;
    const before = record ? plain(record[field]) : '';
    input.value = record ? before : plain(preset[field]);
    inputs.set(field, { input, before });
  }
  const rows = kind.rows && rowEditor(form, record ? record[kind.rows[0]] : [], kind.rows[1]);
  const bar = make('div', undefined, form);
  make('button', 'Save', bar).type = 'submit';
  form.onsubmit = act(async () => {
    const fields = {};
    for (const [field, { input, before }] of inputs) if (input.value !== before) fields[field] = given(numbers, field, input.value);
    const list = rows ? rows() : null;
    if (list !== null) fields[kind.rows[0]] = list;
    if (id === null) await call('POST', kind.path, fields);
    else if (Object.keys(fields).length > 0) await call('PATCH', kind.path + '/' + encodeURIComponent(id), fields);
    closeForm();
  });
  const opener = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : undefined;
  button('Close', bar, () => {
    closeForm();
    for (const node of document.querySelectorAll('button')) if (opener !== undefined && node.dataset.key === opener) node.focus();
  });
  const one = kind.path + '/' + encodeURIComponent(id);
  if (id !== null && kind.deletes) button('Delete', bar, act(async () => { await call('DELETE', one); closeForm(); }));
  for (const [text, action, asked] of id === null ? [] : kind.acts ?? []) {
    if (typeof action === 'function') { button(text, bar, () => action(record)); continue; }
    const value = asked && make('input', undefined, bar);
    if (value) value.setAttribute('aria-label', asked);
    button(text, bar, act(async () => {
      await call('POST', one + '/' + action, value ? { [asked]: given([asked], asked, value.value) } : {});
      closeForm();
    }));
  }
  inputs.values().next().value.input.focus();
}
`;
