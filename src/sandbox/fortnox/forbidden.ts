const FORBIDDEN: readonly { method: RegExp; path: RegExp; why: string }[] = [
  {
    method: /./,
    path: /^\/3\/(orders|invoices)\/[^/]+\/[a-z]+$/,
    why: 'The integration calls no action on a document',
  },
  { method: /^DELETE$/, path: /^\/3\//, why: 'The integration deletes nothing' },
  { method: /^(POST|PUT)$/, path: /^\/3\/articles/, why: 'The integration writes no articles' },
  { method: /^(POST|PUT)$/, path: /^\/3\/(prices|pricelists)/, why: 'The integration writes no prices' },
  { method: /./, path: /^\/3\/invoicepayments/, why: 'Payments are for people only' },
];

/** Why a call must never come from the integration; undefined when it may. */
export const forbiddenCall = (method: string, path: string): string | undefined =>
  FORBIDDEN.find((rule) => rule.method.test(method) && rule.path.test(path))?.why;
