import { createHash } from 'node:crypto';
import { SEEDED_CUSTOM_FIELDS } from './seed.ts';

export interface PageLink {
  readonly title: string;
  readonly url: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

const STYLE = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1c1c1c; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 1rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid #ccc; padding: .2rem .45rem; text-align: left; }
th { background: #f2f2f2; } td.differs { background: #ffefc2; } td.missing { color: #888; }
form { display: grid; grid-template-columns: 14rem minmax(10rem, 24rem); gap: .25rem .6rem; max-width: 40rem; }
button { margin-right: .4rem; } .counts { display: flex; gap: 3rem; } #message, .violations { color: #a40000; }
`;

/** Everything that comes from a company goes into the document by textContent or value, never as markup. */
const SCRIPT = `
const NUMBER = ${JSON.stringify(SEEDED_CUSTOM_FIELDS.customerNumber)};
const SHOWN = [
  ['Name', 'OrganisationName', 'Name'], ['Telephone', 'OrganisationTelephone', 'Phone1'],
  ['E-mail', ${JSON.stringify(SEEDED_CUSTOM_FIELDS.email)}, 'Email'], ['City', 'OrganisationCity', 'City'],
];
const EDITED = {
  webcrm: ['OrganisationName', 'OrganisationType', NUMBER, 'OrganisationTelephone', 'OrganisationWww', 'OrganisationAddress',
    'OrganisationPostCode', 'OrganisationCity', 'OrganisationCountry', 'OrganisationVatNumber',
    ${Object.values(SEEDED_CUSTOM_FIELDS)
      .filter((name) => name !== SEEDED_CUSTOM_FIELDS.customerNumber)
      .map((name) => JSON.stringify(name))
      .join(', ')}],
  fortnox: ['Name', 'Type', 'OrganisationNumber', 'VATNumber', 'Phone1', 'Email', 'WWW', 'Address1', 'Address2', 'ZipCode', 'City',
    'CountryCode', 'VisitingAddress', 'VisitingZipCode', 'VisitingCity', 'VisitingCountryCode', 'TermsOfPayment', 'Currency'],
};
const PLACEHOLDER = '-- vælg --';
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

function edit(side, record) {
  const form = byId('edit');
  form.replaceChildren();
  const id = record ? (side === 'webcrm' ? record.OrganisationId : record.CustomerNumber) : null;
  byId('title').textContent = side + ': ' + (id === null ? 'new' : id);
  const inputs = new Map();
  for (const name of EDITED[side]) {
    const label = make('label', name, form);
    const input = make(name === 'OrganisationAddress' ? 'textarea' : 'input', undefined, form);
    label.htmlFor = input.id = 'field-' + name;
    input.value = record ? plain(record[name]) : '';
    inputs.set(name, { input, before: input.value });
  }
  const path = side === 'webcrm' ? 'webcrm/organisations' : 'fortnox/customers';
  make('button', 'Save', form).type = 'submit';
  form.onsubmit = act(async () => {
    const fields = {};
    for (const [name, { input, before }] of inputs) if (input.value !== before) fields[name] = input.value;
    if (id === null) await call('POST', path, fields);
    else if (Object.keys(fields).length > 0) await call('PATCH', path + '/' + encodeURIComponent(id), fields);
    form.replaceChildren();
    byId('title').textContent = '';
  });
  if (id === null) return;
  const remove = make('button', 'Delete', form);
  remove.type = 'button';
  remove.onclick = act(async () => {
    await call('DELETE', path + '/' + encodeURIComponent(id));
    form.replaceChildren();
    byId('title').textContent = '';
  });
}

function rows(organisations, customers) {
  const left = new Map(customers.map((customer) => [String(customer.CustomerNumber), customer]));
  const found = organisations.map((organisation) => {
    const number = plain(organisation[NUMBER]).trim();
    const customer = left.get(number);
    left.delete(number);
    return { number, organisation, customer };
  });
  for (const [number, customer] of left) found.push({ number, customer });
  return found.sort((a, b) => a.number.localeCompare(b.number, 'sv', { numeric: true }));
}

function cell(side, record, line) {
  const box = make('td', undefined, line);
  const button = make('button', record ? 'Edit' : '-', box);
  button.type = 'button';
  button.disabled = !record;
  button.onclick = () => edit(side, record);
}

async function refresh() {
  const [organisations, customers] = await Promise.all([call('GET', 'webcrm/records'), call('GET', 'fortnox/records')]);
  const table = byId('companies');
  table.replaceChildren();
  const head = make('tr', undefined, table);
  for (const title of ['Number', 'webCRM', 'Type', ...SHOWN.map(([title]) => title), 'Fortnox', ...SHOWN.map(([title]) => title)])
    make('th', title, head);
  for (const { number, organisation, customer } of rows(organisations, customers)) {
    const line = make('tr', undefined, table);
    make('td', number, line);
    cell('webcrm', organisation, line);
    make('td', organisation ? plain(organisation.OrganisationType) : '', line);
    for (const side of ['webcrm', 'fortnox']) {
      if (side === 'fortnox') cell('fortnox', customer, line);
      for (const [, there, here] of SHOWN) {
        const own = side === 'webcrm' ? organisation && organisation[there] : customer && customer[here];
        const differs = organisation && customer && plain(organisation[there]).trim() !== plain(customer[here]).trim();
        make('td', plain(own), line, differs ? 'differs' : undefined);
      }
    }
  }
  for (const side of ['webcrm', 'fortnox']) {
    const [counts, violations] = await Promise.all([call('GET', side + '/counts'), call('GET', side + '/violations')]);
    const box = byId('counts-' + side);
    box.replaceChildren();
    make('h2', side, box);
    make('div', counts.total + ' calls, ' + counts.writes + ' writes, ' + counts.refused + ' refused, ' + counts.throttled + ' throttled', box);
    for (const [route, count] of Object.entries(counts.byRoute)) make('div', route + ': ' + count, box);
    for (const violation of violations.slice(-10)) make('div', violation.request + ': ' + violation.why, box, 'violations');
  }
}

byId('new-webcrm').onclick = () => edit('webcrm', null);
byId('new-fortnox').onclick = () => edit('fortnox', null);
byId('seed').onclick = act(() => call('POST', 'seed', {}));
byId('reset').onclick = act(() => call('POST', 'reset'));
act(async () => {})();
setInterval(() => { refresh().catch((error) => say(error.message)); }, 2000);
`;

/** The control page, whole in itself, and the content security policy that lets its own script and nothing else run. */
export function controlPage(links: readonly PageLink[]): { html: string; policy: string } {
  const hash = createHash('sha256').update(SCRIPT).digest('base64');
  const list = links.map(({ title, url }) => `<a href="${escaped(url)}">${escaped(title)}</a>`).join(' ');
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox</title><style>${STYLE}</style></head><body>
<h1>webCRM and Fortnox, side by side</h1>
<p>${list}</p>
<p><button id="new-webcrm" type="button">New in webCRM</button><button id="new-fortnox" type="button">New in Fortnox</button>
<button id="seed" type="button">Seed more</button><button id="reset" type="button">Empty both</button></p>
<p id="message" role="alert"></p>
<h2 id="title"></h2><form id="edit"></form>
<div class="counts"><div id="counts-webcrm"></div><div id="counts-fortnox"></div></div>
<h2>Customers</h2><table id="companies"></table>
<script>${SCRIPT}</script></body></html>
`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; connect-src 'self'; base-uri 'none'; form-action 'self'`;
  return { html, policy };
}
