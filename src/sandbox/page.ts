import { createHash } from 'node:crypto';
import { PAGE_SCRIPT } from './page-script.ts';

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
tr.head td { background: #f8f8f8; font-weight: 600; }
form { display: grid; grid-template-columns: 14rem minmax(10rem, 24rem); gap: .25rem .6rem; max-width: 40rem; }
form > table, form > div { grid-column: 1 / -1; } td input { width: 100%; box-sizing: border-box; min-width: 4rem; }
button { margin-right: .4rem; } :focus-visible { outline: 2px solid #0b57d0; outline-offset: 1px; } .counts { display: flex; gap: 3rem; } #message, .violations { color: #a40000; }
`;

/** The control page, whole in itself, and the content security policy that lets its own script and nothing else run. */
export function controlPage(links: readonly PageLink[]): { html: string; policy: string } {
  const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  const list = links.map(({ title, url }) => `<a href="${escaped(url)}">${escaped(title)}</a>`).join(' ');
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox</title><style>${STYLE}</style></head><body>
<h1>webCRM and Fortnox, side by side</h1>
<p>${list}</p>
<p>New in webCRM: <span id="new-webcrm"></span> New in Fortnox: <span id="new-fortnox"></span></p>
<p><button id="seed" type="button">Seed more</button><button id="reset" type="button">Empty both</button></p>
<p id="message" role="alert"></p>
<h2 id="title"></h2><form id="edit"></form>
<div class="counts"><div id="counts-webcrm"></div><div id="counts-fortnox"></div></div>
<h2>Deliveries and their orders or invoices</h2><table id="documents"></table>
<h2>Register and articles</h2><table id="articles"></table>
<h2>Customers</h2><table id="companies"></table>
<script>${PAGE_SCRIPT}</script></body></html>
`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; connect-src 'self'; base-uri 'none'; form-action 'self'`;
  return { html, policy };
}
