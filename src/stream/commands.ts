/** The commands of Fortnox's stream and their answers (fortnox.md 6.2). */
export const TOPICS = ['customers', 'orders', 'invoices', 'articles'] as const;
export type Topic = (typeof TOPICS)[number];
export const isTopic = (value: unknown): value is Topic => (TOPICS as readonly unknown[]).includes(value);

export type StreamCommand =
  | { command: 'add-tenants-v1'; clientSecret: string; accessTokens: readonly string[]; includeChildTenants: false }
  | { command: 'remove-tenants-v1'; tenants: readonly number[] }
  | { command: 'add-topics-v1'; topics: readonly { topic: Topic; offset?: string }[] }
  | { command: 'subscribe-v1' };

export interface StreamAnswer {
  readonly response: string;
  readonly ok: boolean;
  /** By token as it was sent. */
  readonly tenantIds: ReadonlyMap<string, string>;
  readonly invalidTokens: ReadonlySet<string>;
  readonly invalidTopics: ReadonlySet<string>;
}

/** The token as commands carry it. */
export const bearer = (accessToken: string): string => `Bearer ${accessToken}`;

const textSet = (value: unknown): ReadonlySet<string> =>
  new Set(Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);

/** Reads a message; null when it is no answer. Never throws. */
export function readAnswer(message: object): StreamAnswer | null {
  const { response, result, tenantIds, invalidTokens, invalidTopics } = message as Record<string, unknown>;
  if (typeof response !== 'string') return null;
  const ids = typeof tenantIds === 'object' && tenantIds !== null ? Object.entries(tenantIds) : [];
  return {
    response,
    ok: result === 'ok',
    tenantIds: new Map(ids.map(([token, id]) => [token, String(id)])),
    invalidTokens: textSet(invalidTokens),
    invalidTopics: textSet(invalidTopics),
  };
}
