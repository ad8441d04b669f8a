import type { SandboxResponse } from '../chassis.ts';
import type { Call, Route } from '../common/front-door.ts';
import { decoded, failure, json, pageOf, parameter } from './answers.ts';
import type { Company } from './company.ts';
import { fieldsMetadata } from './field-metadata.ts';
import { answered } from './fields.ts';
import type { Hooks } from './hooks.ts';
import { compileQuery } from './query.ts';
import { Refusal } from './refusal.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { hookRoutes } from './routes/hooks.ts';
import { organisationRoutes } from './routes/organisations.ts';
import { answerPage } from './routes/records.ts';
import { registerRoutes } from './routes/register.ts';
import type { WebcrmSwitches } from './switches.ts';
import type { Tokens } from './tokens.ts';

export const LOGIN_PATH = '/Auth/ApiLogin';

function queried(call: Call, company: Company, switches: WebcrmSwitches): SandboxResponse {
  const script = parameter(call.url, 'script');
  if (script === null) throw new Refusal('script: is required');
  const { table, columns, test, order } = compileQuery(script);
  if (table.name === 'QuotationLine' && switches.queryLines === 'refused') {
    const why = `Query: unknown table ${table.name}`;
    // Asking for one row is how one finds out, and harmless; whoever asks for more should have known.
    if (parameter(call.url, 'Size') !== '1') throw new Refusal(why);
    return failure(400, why);
  }
  const records = company.byName[table.name];
  if (!columns) return answerPage(call, switches, records, test, order);
  // Some columns are no reading of the whole row.
  const page = pageOf(call.url, switches, records.stored(test).sort(order));
  const picked = page.map((row) => answered(table, row)).map((row) => columns.map((name) => [name, row[name]]));
  return json(200, picked.map(Object.fromEntries));
}

/** The table of webCRM's addresses that the sandbox knows. */
export function createRoutes(deps: {
  company: Company;
  hooks: Hooks;
  tokens: Tokens;
  switches: WebcrmSwitches;
}): readonly Route[] {
  const { company, hooks, tokens, switches } = deps;
  return [
    {
      method: 'POST',
      pattern: LOGIN_PATH,
      match: /^\/Auth\/ApiLogin$/,
      open: true,
      answer: ({ request }) => {
        if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
          throw new Refusal('The login is not sent as a form', 415);
        return json(200, tokens.login(new URLSearchParams(request.body).get('authCode')));
      },
    },
    ...hookRoutes(hooks, switches),
    ...organisationRoutes(company, switches),
    ...registerRoutes(company, switches),
    ...deliveryRoutes(company, switches),
    {
      method: 'GET',
      pattern: '/Queries',
      match: /^\/Queries$/,
      answer: (call) => queried(call, company, switches),
    },
    {
      method: 'GET',
      pattern: '/FieldsMetadata/{entityTypes}',
      match: /^\/FieldsMetadata(?:\/([^/]+))?$/,
      answer: ({ params }) =>
        json(200, fieldsMetadata(params[0] === undefined ? 'All' : decoded(params[0]), switches.lineLabels)),
    },
  ];
}
