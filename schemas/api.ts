/** Bodies and answers of the administrators' API. Times are milliseconds since the epoch (UTC). */
import { type TSchema, Type } from 'typebox';
import { DEFAULT_SETTINGS, Settings } from './settings.ts';

const nullableText = Type.Union([Type.String(), Type.Null()]);
const closed = { additionalProperties: false } as const;
const side = Type.Enum(['webcrm', 'fortnox']);

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'about:blank: the code says what it is' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable, for programs' }),
    requestId: Type.String({ description: 'Names the request in the log' }),
    faults: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { description: 'RFC 9457 problem document' },
);
const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** The refusals that any route of the API may answer with. */
export const REFUSALS = {
  '4xx': problemAnswer('The request is refused; code and detail say why'),
  '5xx': problemAnswer('We or a vendor failed; the request id finds it in the log'),
};

/** An answer without a body. */
export const NoContent = Type.Unsafe<undefined>({ type: 'null', description: 'Done; the answer has no body' });

const id = (description: string) => Type.String({ minLength: 1, maxLength: 64, description });
const tenant = id('Id of the tenant');
export const TenantParams = Type.Object({ tenant });
export const TenantItemParams = Type.Object({
  tenant,
  id: id('Id of the pair or import'),
});

/** Query values are text: nothing is coerced, here or in bodies. */
export const paging = {
  limit: Type.Optional(
    Type.String({ pattern: '^([1-9]|[1-9][0-9]|1[0-9]{2}|200)$', description: '1 to 200, default 50' }),
  ),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '`next` of the page before' })),
};
export const PageQuery = Type.Object(paging, closed);
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: nullableText }, { description: '`next` is null at the end' });

/** Told by the schema itself, wherever a hold is shown: what to do is the same for each. */
const HOLD_REMEDY =
  'All jobs wait; notifications and polls are still stored. Look at some of the records with explain, then let the jobs go on with POST /api/tenants/{tenant}/release.';
export const HoldView = Type.Object({
  since: Type.Integer(),
  why: Type.Enum(['long-stop', 'many-changes']),
  count: Type.Integer({ description: 'How many records would change, as far as known' }),
  remedy: Type.Optional(Type.String({ default: HOLD_REMEDY, description: 'Always there: what to do' })),
});
export const hold = Type.Union([HoldView, Type.Null()], {
  description: 'Why all jobs wait for the word of a person (R72, R73); null: they do not',
});

/** A kind of record towards one side. */
const pausedPart = {
  entity: Type.Enum(['customer', 'article', 'delivery'], {
    description: 'delivery: deliveries with the orders and invoices that they are of',
  }),
  to: Type.Enum(['webcrm', 'fortnox'], { description: 'The side that is not written' }),
};
export const PartView = Type.Object(pausedPart);
export const PausedPartView = Type.Object({ ...pausedPart, since: Type.Integer() });
/** What another document mode would concern (R49). */
export const ModeChangeView = Type.Object({
  mode: Type.Enum(['order', 'invoice'], { description: 'What deliveries become now' }),
  kept: Type.Object(
    { order: Type.Integer(), invoice: Type.Integer() },
    { description: 'Deliveries that have such a document, or are getting one: they keep it whatever the mode' },
  ),
  waiting: Type.Integer({
    description: 'Deliveries that wait without a document: they would become the other kind. 1,000 at most',
  }),
});
/** The settings with their tag. */
export const SettingsAnswer = Type.Object(Settings.properties, {
  additionalProperties: false,
  examples: [DEFAULT_SETTINGS],
  headers: { etag: Type.String({ description: 'Names these settings: for `If-Match` of a change' }) },
});
export const SettingsHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 500,
      pattern: '^\\s*(\\*|(W/)?"[^"]*"(\\s*,\\s*(W/)?"[^"]*")*)\\s*$',
      description:
        'The `ETag` of the settings that the change was made from: when they are others by now, nothing is changed (412, `precondition-failed`)',
      examples: ['"Yz0uE2mN8pQ4rS6tV1wX3a"'],
    }),
  ),
});
export const SettingsQuery = Type.Object(
  {
    confirm: Type.Optional(
      Type.Literal('documentMode', {
        description: 'The count of deliveries that another mode concerns was seen (R49)',
      }),
    ),
  },
  closed,
);
/** What is paused or resumed. */
export const PauseBody = Type.Union(
  [
    Type.Object(
      {
        entity: Type.Optional(
          Type.Enum(['customer', 'article', 'delivery'], { description: 'All kinds when not given' }),
        ),
        to: Type.Optional(
          Type.Enum(['webcrm', 'fortnox'], { description: 'The side that is not written; both when not given' }),
        ),
      },
      closed,
    ),
    Type.Null(),
  ],
  {
    description: 'No body, or neither field: the tenant as a whole',
    examples: [{ entity: 'customer', to: 'fortnox' }],
  },
);

export const NewTenant = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
  { ...closed, examples: [{ name: 'Exempel AB' }] },
);
export const TenantView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Type.Enum(['new', 'connected', 'paused', 'removing'], {
    description: '`removing`: in lists alone, until nothing is left of a tenant whose removal was cut short',
  }),
  pausedReason: nullableText,
  pausedParts: Type.Array(PausedPartView, {
    description: 'What is paused by hand while everything else goes on; what is to be written there waits',
  }),
  hold,
  fortnoxDatabaseNumber: nullableText,
  partialPut: Type.Record(Type.String(), Type.Enum(['unknown', 'proven', 'broken']), {
    description: 'By kind of webCRM record: whether webCRM keeps the fields that an update does not send',
  }),
  lineQuery: Type.Enum(['unknown', 'works', 'refused'], {
    description: 'Whether webCRM answers queries on quotation lines; found by the connection check',
  }),
  settings: Settings,
  createdAt: Type.Integer(),
  updatedAt: Type.Integer(),
});
export const WebhookAccess = Type.Object({
  url: Type.String({ description: 'Where signed Fortnox events are accepted' }),
  secret: Type.String({ description: 'Shown this once' }),
});
export const RotatedHooks = Type.Object({
  hooks: Type.Integer({ description: 'Hooks at webCRM, verified with the new token; 0 before the first connection' }),
  url: Type.String({ description: 'Where signed Fortnox events are accepted from now on' }),
});
export const RemovalBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: "The tenant's name, repeated as a confirmation" }),
    force: Type.Optional(
      Type.Boolean({ description: 'Go on although webCRM does not remove our hooks: they are then left there' }),
    ),
  },
  { ...closed, examples: [{ name: 'Exempel AB' }, { name: 'Exempel AB', force: true }] },
);
export const RemovedTenant = Type.Object({
  id: Type.String(),
  name: Type.String(),
  hooksRemoved: Type.Integer({ description: 'Hooks of ours that were removed from webCRM' }),
  hooksLeft: Type.Array(Type.String(), {
    description: 'Hooks that webCRM still has, as `Entity:id`: remove them there by hand',
  }),
});
export const CreatedTenant = Type.Object({ tenant: TenantView, webhook: WebhookAccess });

export const WebcrmCredentials = Type.Object(
  { applicationToken: Type.String({ minLength: 1, maxLength: 500, pattern: '^\\S+$' }) },
  { ...closed, examples: [{ applicationToken: '0f8fad5b-d9cb-469f-a165-70867728950e' }] },
);
const secretText = Type.String({ minLength: 1, maxLength: 4000, pattern: '^\\S+$' });
export const FortnoxCredentials = Type.Union(
  [
    Type.Object(
      {
        grant: Type.Literal('authorization_code'),
        code: secretText,
        redirectUri: Type.String({ pattern: '^https?://\\S+$', maxLength: 2000 }),
      },
      closed,
    ),
    Type.Object({ grant: Type.Literal('refresh_token'), refreshToken: secretText }, closed),
    Type.Object(
      { grant: Type.Literal('client_credentials'), tenantId: Type.String({ pattern: '^[0-9]{1,20}$' }) },
      closed,
    ),
  ],
  {
    examples: [
      { grant: 'client_credentials', tenantId: '1000555' },
      { grant: 'refresh_token', refreshToken: 'ad5ba2f3d0c54ee7b3d8' },
    ],
  },
);
export const CredentialNames = Type.Object({
  items: Type.Array(Type.Object({ name: Type.String(), updatedAt: Type.Integer() })),
});

export const CheckView = Type.Object({
  ok: Type.Boolean({ description: 'No item is a fault' }),
  items: Type.Array(
    Type.Object({
      name: Type.String({ description: 'Stable, for programs' }),
      level: Type.Enum(['fault', 'warning', 'note'], {
        description:
          'fault: the tenant cannot be connected; warning: it can, and something will probably go wrong; note: in order, or not to be seen from here',
      }),
      ok: Type.Boolean({ description: 'False of a fault alone' }),
      message: Type.String({ examples: ['No webCRM application token is stored.'] }),
      remedy: Type.Union([Type.String(), Type.Null()], { description: 'What to do about it; null: nothing' }),
    }),
  ),
});
export const ConnectedView = Type.Object({ tenant: TenantView, check: CheckView });

export const JobView = Type.Object({
  key: Type.String(),
  entity: Type.String(),
  side,
  id: Type.String(),
  state: Type.Enum(['waiting', 'running', 'dead']),
  priority: Type.Integer(),
  attempts: Type.Integer(),
  runAt: Type.Integer(),
  createdAt: Type.Integer(),
  importId: nullableText,
  full: Type.Boolean({ description: 'Both sides are read, whatever the one that the hint spoke of shows' }),
  lastError: Type.Union([
    Type.Object({ code: Type.String(), message: Type.String(), at: Type.Integer() }),
    Type.Null(),
  ]),
});
export const RetryJobs = Type.Object(
  { keys: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000 })) },
  { ...closed, examples: [{ keys: ['customer:webcrm:17'] }, {}] },
);
export const Retried = Type.Object({ retried: Type.Integer() });
const change = { field: Type.String(), before: nullableText, after: nullableText };
const image = Type.Record(Type.String(), nullableText);
export const PairView = Type.Object({
  id: Type.String(),
  entity: Type.String(),
  webcrmId: nullableText,
  fortnoxKind: Type.String({ description: 'What it is in Fortnox: customer, article, order or invoice' }),
  fortnoxId: nullableText,
  invoiceRef: Type.Union([Type.String(), Type.Null()], { description: 'Of an order: the invoice made from it' }),
  customerNumber: Type.Union([Type.String(), Type.Null()], {
    description: 'Of a delivery: the customer of its document',
  }),
  state: Type.String(),
  base: Type.Union([Type.Object({ webcrm: image, fortnox: image }), Type.Null()]),
  rows: Type.Union(
    [
      Type.Array(Type.Object({ lineId: nullableText, sort: Type.Number(), webcrm: image, fortnox: image })),
      Type.Null(),
    ],
    { description: "Of a delivery: its rows as each side showed them last, in webCRM's order" },
  ),
  reason: nullableText,
  candidates: Type.Array(Type.String()),
  version: Type.Integer(),
  createdAt: Type.Integer(),
  updatedAt: Type.Integer(),
});
export const ActivityView = Type.Object({
  id: Type.String(),
  at: Type.Integer(),
  entity: Type.String(),
  webcrmId: nullableText,
  fortnoxId: nullableText,
  pairId: nullableText,
  action: Type.String(),
  target: nullableText,
  changes: Type.Array(Type.Object(change)),
  lost: Type.Array(Type.Object({ ...change, side: Type.String() })),
  reasons: Type.Array(Type.String()),
  message: Type.String(),
  job: nullableText,
});
export const BudgetView = Type.Object({
  limit: Type.Integer({ description: 'Calls that the vendor takes in a window' }),
  share: Type.Integer({
    description:
      'Calls of a window that we allow ourselves at present: fewer after a 429, since another integration uses the same budget',
  }),
  windowMs: Type.Integer(),
  inWindow: Type.Integer(),
  waiting: Type.Integer(),
  stoppedUntil: Type.Union([Type.Number(), Type.Null()], {
    description: 'The vendor asked us to wait until then (ms since the epoch)',
  }),
  total: Type.Integer(),
  throttled: Type.Integer(),
});
