import { ALERT_KINDS, type AlertKind, type AlertTarget } from '../../schemas/alerts.ts';
import type { Seal } from '../admin/seal.ts';
import { FORMER_SECRET_MS } from '../admin/webhook-secret.ts';
import { SyncError } from '../errors/sync-error.ts';
import { newWebhookSecret, signWebhook } from '../intake/standard-webhooks.ts';
import { newId, type Runtime } from '../runtime.ts';
import type { Page, PageRequest, Store } from '../store/port.ts';
import { retryChanged } from '../store/retry-changed.ts';
import { testBody } from './message.ts';
import type { AlertPost, PostAnswer } from './post.ts';

export interface TargetDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'alertTargets' | 'tenants'>;
  readonly seal: Seal;
  readonly post: AlertPost;
}

export interface TargetFields {
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly AlertKind[] | null;
  readonly tenants: readonly string[] | null;
}

export interface AlertTargets {
  list(page: PageRequest): Promise<Page<AlertTarget>>;
  /** Raises `not-found`. */
  get(id: string): Promise<AlertTarget>;
  /** Raises `invalid-settings` for an address that may not be called, a tenant that is none, or when there are 100 already. */
  create(fields: TargetFields): Promise<{ target: AlertTarget; secret: string }>;
  /** What is not given stays. Raises as get and create. */
  change(id: string, fields: Partial<TargetFields>): Promise<AlertTarget>;
  /** A new secret; messages bear the signatures of both for a day. Raises `not-found`. */
  rotate(id: string): Promise<{ target: AlertTarget; secret: string }>;
  /** Sends a test message now, once. Raises `not-found`. */
  test(id: string): Promise<{ delivered: boolean; message: string }>;
  delete(id: string): Promise<void>;
}

const MOST_TARGETS = 100;

const delivered = ({ status }: PostAnswer): boolean => status >= 200 && status < 300;
export const outcomeOf = (answer: PostAnswer): { ok: boolean; message: string } =>
  delivered(answer)
    ? { ok: true, message: `Answered with ${answer.status}.` }
    : {
        ok: false,
        message: `Answered with ${answer.status}${answer.status >= 300 && answer.status < 400 ? ': redirects are not followed' : ''}.`,
      };

/** Every target; there are few. */
export async function allTargets(store: Pick<Store, 'alertTargets'>): Promise<readonly AlertTarget[]> {
  return (await store.alertTargets.list({ limit: MOST_TARGETS })).items;
}

/** The headers of a message: signed with each secret that counts now (Standard Webhooks). */
export function signed(
  { seal, runtime }: Pick<TargetDeps, 'seal' | 'runtime'>,
  target: AlertTarget,
  id: string,
  body: string,
): Record<string, string> {
  const now = runtime.now();
  const secret = target.secrets
    .filter(({ until }) => until === null || until > now)
    .map(({ sealed }) => {
      const opened = seal.open(sealed, boundTo(target.id));
      if ('text' in opened) return opened.text;
      throw new SyncError('internal', 'The secret of an alert target cannot be opened: rotate it.', {
        cause: opened.cause,
      });
    });
  return {
    'content-type': 'application/json',
    'user-agent': 'webcrm-fortnox-sync',
    ...signWebhook({ secret, id, now, rawBody: body }),
  };
}

/** Lays a change over the target as it is stored then; `null` when it is gone. */
export function changeTarget(
  store: Pick<Store, 'alertTargets'>,
  id: string,
  make: (target: AlertTarget) => Partial<AlertTarget>,
): Promise<AlertTarget | null> {
  return retryChanged(async () => {
    const target = await store.alertTargets.get(id);
    return target && store.alertTargets.put({ ...target, ...make(target) });
  });
}

const boundTo = (id: string): string => `_service/alert-target/${id}`;

/** What the API does with targets. */
export function createAlertTargets(deps: TargetDeps): AlertTargets {
  const { runtime, store, seal, post } = deps;

  async function get(id: string): Promise<AlertTarget> {
    return found(await store.alertTargets.get(id));
  }

  const newSecret = (id: string) => {
    const secret = newWebhookSecret(runtime);
    return { secret, kept: { sealed: seal.seal(secret, boundTo(id)), until: null } };
  };

  async function check(fields: Partial<TargetFields>): Promise<void> {
    const faults: { field: string; message: string }[] = [];
    const refusal = fields.url === undefined ? null : await post.refusal(fields.url);
    if (refusal !== null) faults.push({ field: 'url', message: refusal });
    for (const kind of fields.kinds ?? [])
      if (!ALERT_KINDS.includes(kind)) faults.push({ field: 'kinds', message: `${kind} is no kind of alert` });
    for (const tenant of fields.tenants ?? [])
      if ((await store.tenants.get(tenant)) === null)
        faults.push({ field: 'tenants', message: `there is no tenant ${tenant}` });
    if (faults.length > 0)
      throw new SyncError(
        'invalid-settings',
        `The target was not stored: ${faults.map(({ field, message }) => `${field}: ${message}`).join(' ')}`,
        { faults },
      );
  }

  return {
    get,
    list: (page) => store.alertTargets.list(page),
    async create(fields) {
      await check(fields);
      if ((await allTargets(store)).length >= MOST_TARGETS)
        throw new SyncError('conflict', `There are ${MOST_TARGETS} targets already: delete one first.`);
      const now = runtime.now();
      const id = newId(runtime);
      const { secret, kept } = newSecret(id);
      const target = await store.alertTargets.put({
        schema: 1,
        id,
        ...fields,
        secrets: [kept],
        last: null,
        createdAt: now,
        updatedAt: now,
        version: 0,
      });
      return { target, secret };
    },
    async change(id, fields) {
      await get(id);
      await check(fields);
      return found(await changeTarget(store, id, () => ({ ...fields, updatedAt: runtime.now() })));
    },
    async rotate(id) {
      const { secret, kept } = newSecret(id);
      const now = runtime.now();
      const target = await changeTarget(store, id, ({ secrets }) => ({
        secrets: [kept, ...secrets.slice(0, 1).map(({ sealed }) => ({ sealed, until: now + FORMER_SECRET_MS }))],
        updatedAt: now,
      }));
      return { target: found(target), secret };
    },
    async test(id) {
      const target = await get(id);
      const body = testBody(runtime.now());
      let outcome: { ok: boolean; message: string };
      try {
        outcome = outcomeOf(await post.send(target.url, signed(deps, target, `msg_${newId(runtime)}`, body), body));
      } catch (error) {
        outcome = { ok: false, message: error instanceof Error ? error.message : 'It could not be sent.' };
      }
      await changeTarget(store, id, () => ({ last: { at: runtime.now(), ...outcome } }));
      return { delivered: outcome.ok, message: outcome.message };
    },
    async delete(id) {
      if (!(await store.alertTargets.delete(id))) found(null);
    },
  };
}

function found(target: AlertTarget | null): AlertTarget {
  if (target === null) throw new SyncError('not-found', 'There is no alert target with this id.');
  return target;
}
