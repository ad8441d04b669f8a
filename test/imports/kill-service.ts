import { pino } from 'pino';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { readConfig } from '../../src/config.ts';
import { type Runtime, sleep } from '../../src/runtime.ts';
import { createService } from '../../src/service.ts';
import type { Store } from '../../src/store/port.ts';
import { ORGANISATION_NUMBER } from './support.ts';

const LOOK_EVERY_MS = 50;

export interface Parts {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts the service; the first of its kind connects a tenant and begins an import, and the next ones go on with it. Resolves when
 * the import is done and the service has stopped.
 */
export async function runImport({ runtime, store, env }: Parts): Promise<void> {
  const service = await createService({
    config: readConfig(env),
    runtime,
    logger: pino({ level: 'silent' }),
    encryptionKey: Buffer.alloc(32, 7),
    adminToken: 'a-token-of-the-administrator-0123456789',
    store,
  });
  const { admin, imports } = service.services;
  const [known] = (await store.tenants.list({ limit: 1 })).items;
  if (known === undefined) {
    const { tenant } = await admin.createTenant('Killed');
    await admin.updateSettings(tenant.id, {
      customFields: { customerNumber: 'OrganisationCustom1', organisationNumber: ORGANISATION_NUMBER },
      // At night it would make a run of its own.
      reconcile: { ...DEFAULT_SETTINGS.reconcile, hour: null },
    });
    await admin.setWebcrmToken(tenant.id, env.WEBCRM_TOKEN ?? '');
    await admin.setFortnoxGrant(tenant.id, {
      grant: 'refresh_token',
      refreshToken: env.FORTNOX_REFRESH_TOKEN ?? '',
    });
    await admin.connect(tenant.id);
  }
  await service.start();
  const [tenant] = (await store.tenants.list({ limit: 1 })).items;
  if (tenant === undefined) throw new Error('the tenant is not there any more');
  if (known === undefined) await imports.begin(tenant, { kinds: ['customer'] });
  for (;;) {
    const [run] = (await store.imports.list(tenant.id, { limit: 1 })).items;
    if (run?.state === 'done') break;
    if (run === undefined || run.state === 'failed') throw new Error(`the import is not done: ${run?.error}`);
    await sleep(runtime, LOOK_EVERY_MS);
  }
  await service.stop();
}
