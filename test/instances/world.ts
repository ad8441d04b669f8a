import type { FastifyInstance } from 'fastify';
import type { AppServices } from '../../src/app.ts';
import { shardOf } from '../../src/instances/shards.ts';
import { sleep } from '../../src/runtime.ts';
import type { SandboxVendor } from '../../src/sandbox/chassis.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createService, type Service } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { Store } from '../../src/store/port.ts';
import { createCompanies } from '../support/companies.ts';
import { buildDescribedApp } from '../support/described-app.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from '../support/service-options.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';
import { createMortal, type Mortal } from './mortal.ts';

const START = Date.parse('2026-03-02T08:00:00Z');

/** A call as it arrived at a vendor. */
export interface Arrived {
  readonly at: number;
  readonly instance: number;
  readonly tenant: string;
  readonly side: 'webcrm' | 'fortnox';
  readonly method: string;
}

/** One instance, and what may befall it. */
export interface Instance extends Mortal {
  readonly number: number;
  readonly service: Service;
  readonly app: FastifyInstance;
  readonly services: AppServices;
}
export type Company = Awaited<ReturnType<Instances['add']>>;
export type Instances = ReturnType<typeof openInstances>;

/** Several instances of the service in one process, on one store, each with a life of its own, in virtual time. */
export function openInstances(seed: number) {
  const runtime = createVirtualRuntime({ seed, start: START });
  const { drive } = runtime;
  const store: Store = { ...createInlineStore(), shared: true };
  const companies = createCompanies();
  const calls: Arrived[] = [];
  const all: Instance[] = [];
  let calling = -1;
  let turn = 0;
  let added = 0;
  let isClosing = false;

  async function begin(): Promise<Instance> {
    const instance = all.length;
    const by = (vendor: Pick<SandboxVendor, 'handle'>): Pick<SandboxVendor, 'handle'> => ({
      handle(request) {
        calling = instance;
        return vendor.handle(request);
      },
    });
    const delay = () => sleep(runtime, 5 + Math.floor(runtime.random() * 40));
    const vendors = { [WEBCRM_URL]: by(companies.webcrm), [FORTNOX_URL]: by(companies.fortnox) };
    const fetch = sandboxFetch(vendors, { delay });
    const mortal = createMortal(runtime, fetch);
    const service = await createService(serviceOptions({ runtime: mortal.runtime, store }));
    const app = await buildDescribedApp(service.services);
    const made = { ...mortal, number: instance, service, app, services: service.services };
    all.push(made);
    await drive(service.start());
    return made;
  }

  /** Where a load balancer sends the next request. */
  function next(): Instance {
    const alive = all.filter(({ state }) => state() === 'alive');
    turn += 1;
    return alive[turn % alive.length] as Instance;
  }

  async function add(name: string) {
    let tenantId = '';
    const { fortnox, webcrm, refreshToken } = companies.add({
      number: 1_000_000 + added++,
      now: runtime.now,
      random: runtime.random,
      arrived(side, { method }) {
        calls.push({ at: runtime.now() - START, instance: calling, tenant: tenantId, side, method });
      },
      notify(url: string, headers: Record<string, string>, payload: string) {
        if (isClosing) return;
        void next().app.inject({ method: 'POST', url: new URL(url).pathname, headers, payload });
      },
    });
    // Each call of the API comes to another instance than the one before.
    const { tenant, webhook } = await drive(next().services.admin.createTenant(name));
    tenantId = tenant.id;
    await drive(next().services.admin.setWebcrmToken(tenant.id, webcrm.applicationToken));
    await drive(next().services.admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken }));
    fortnox.setWebhook(webhook.url, webhook.secret);
    await drive(next().services.admin.connect(tenant.id));
    return { id: tenant.id, shard: shardOf(tenant.id), fortnox, webcrm };
  }

  /** Who owns a shard, by the number of the instance; -1: nobody that was begun here. */
  async function ownerOf(shard: number): Promise<number> {
    const owners = ((await store.fenced.get('shards', 'owners'))?.value ?? []) as (string | null)[];
    return all.findIndex(({ service }) => service.word() === owners[shard]);
  }

  async function isQuiet(companies: readonly { id: string }[]): Promise<boolean> {
    for (const { id } of companies) {
      const { waiting, running } = await store.jobs.counts(id);
      if (waiting + running > 0) return false;
    }
    return true;
  }

  return {
    runtime,
    drive,
    store,
    calls,
    all,
    begin,
    add,
    ownerOf,
    now: () => runtime.now() - START,
    async quiet(companies: readonly { id: string }[], maxMs = 300_000): Promise<void> {
      await runtime.advance(1_000);
      await runtime.runUntil(() => isQuiet(companies), maxMs);
      await runtime.advance(2_000);
      await runtime.runUntil(() => isQuiet(companies), maxMs);
    },
    async close(): Promise<void> {
      isClosing = true;
      for (const { app, service, state } of all) {
        await app.close();
        if (state() === 'alive') await drive(service.stop());
      }
      await store.close();
    },
  };
}
