import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import t from 'tap';
import { parse } from 'yaml';
import { createLogContext } from '../../src/http/log-context.ts';
import { createLogger } from '../../src/http/logging.ts';
import { CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { articles, customer, line, openWorld, type World } from '../support/world.ts';

const file = (name: string) => readFileSync(new URL(`../../deploy/monitoring/${name}`, import.meta.url), 'utf8');

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** The names of figures and labels in an expression; raises where it is no PromQL. */
function namesIn(expr: string): { metrics: string[]; labels: string[] } {
  // Grafana puts a duration in its place.
  const text = expr.replaceAll('$__rate_interval', '5m');
  const found = { metrics: [] as string[], labels: [] as string[] };
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${text}`);
      const name = text.slice(node.from, node.to);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') found.metrics.push(name);
      if (node.name === 'LabelName') found.labels.push(name);
    },
  });
  return found;
}

/** The service's lines and its figures, after a day's work of every kind. */
async function workedDay(t: { teardown(fn: () => Promise<void>): void }) {
  const lines: string[] = [];
  const logContext = createLogContext();
  const logger = createLogger('trace', { write: (line) => void lines.push(line) }, logContext);
  const world = await openWorld({ service: { logger, logContext } });
  t.teardown(() => world.close());
  await articles(world);
  const { organisation, number } = await customer(world, PERSON);
  world.fortnox.person.editCustomer(number, { Phone1: '08-4711 99' });
  await world.quiet();
  const run = await world.call('/imports', { kinds: ['customer'], direction: 'both' });
  await world.quiet();
  await world.wait(60_000);
  return { world, lines, organisation, number, importId: String(run.body.id) };
}

/** What must never stand in a line at info level. */
const PERSON = {
  OrganisationName: 'Ebba Kanariefågel',
  OrganisationType: 'Private Customer',
  OrganisationTelephone: '070-1234567',
  OrganisationAddress: 'Hemliga gatan 17',
  OrganisationCity: 'Gömstad',
  OrganisationWww: 'https://kanarie.example',
};

const scrape = async ({ app, runtime }: World): Promise<string> => (await runtime.drive(app.inject('/metrics'))).body;

t.test('B5 the dashboard and the alert rules are PromQL about figures that a running service tells', async (t) => {
  const { world } = await workedDay(t);
  const text = await scrape(world);
  const told = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const declared = /^# TYPE (\S+) (\S+)/.exec(line);
    if (declared?.[2] === 'histogram')
      for (const end of ['_bucket', '_sum', '_count']) told.set(`${declared[1]}${end}`, new Set());
    else if (declared?.[1]) told.set(declared[1], new Set());
    const sample = /^(\w+)\{(.*)\} /.exec(line);
    for (const label of sample?.[2]?.matchAll(/(\w+)="/g) ?? []) told.get(sample?.[1] ?? '')?.add(label[1] ?? '');
  }
  // Prometheus makes these itself.
  told.set('up', new Set());
  const OWN_LABELS = ['job', 'instance'];

  const dashboard = JSON.parse(file('dashboard.json')) as { panels: Panel[]; title: string };
  const shown = dashboard.panels.flatMap(({ type, title, targets }) => {
    if (type !== 'row') t.ok(targets && targets.length > 0, `${title} shows something`);
    return (targets ?? []).map(({ expr }) => ({ where: title, expr }));
  });
  const { groups } = parse(file('alert-rules.yml')) as { groups: { name: string; rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  t.ok(rules.length >= 10);
  t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length, 'each has a name of its own');
  for (const { alert, for: lasting, labels, annotations } of rules) {
    t.match(alert, /^Sync[A-Za-z]+$/);
    if (lasting !== undefined) t.match(lasting, /^\d+[mh]$/, alert);
    t.match(labels.severity, /^(page|warn)$/, alert);
    t.ok(annotations.summary && annotations.description, `${alert} says what to do`);
  }
  const used = new Set<string>();
  for (const { where, expr } of [...shown, ...rules.map(({ alert, expr }) => ({ where: alert, expr }))]) {
    const { metrics, labels } = namesIn(expr);
    t.ok(metrics.length > 0, `${where}: ${expr}`);
    const known = new Set([...OWN_LABELS, 'le']);
    for (const metric of metrics) {
      used.add(metric.replace(/_(bucket|sum|count)$/, ''));
      t.ok(told.has(metric), `${where}: ${metric} is told`);
      for (const label of told.get(metric) ?? []) known.add(label);
    }
    // A figure that has not occurred yet shows no labels.
    if (metrics.every((metric) => (told.get(metric)?.size ?? 0) > 0))
      for (const label of labels) t.ok(known.has(label), `${where}: label ${label}`);
  }
  const ours = [...told.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, '')).filter((n) => /^sync_/.test(n));
  const silent = ['sync_metrics_failures_total'];
  t.strictSame(
    [...new Set(ours)].filter((name) => !used.has(name) && !silent.includes(name)),
    [],
    'each figure is shown',
  );
  t.throws(() => namesIn('sum by (vendor (x)'), /no PromQL/);
});

t.test('B5 figures follow the work, and name no tenant', async (t) => {
  const { world } = await workedDay(t);
  // Takes slots of both budgets.
  t.equal((await world.call('/check', {})).status, 200);
  const text = await scrape(world);
  t.notOk(text.includes(world.tenantId));
  const value = (sample: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${sample} `))
        ?.split(' ')
        .at(-1),
    );
  t.ok(value('sync_hints_total{source="webhook",side="webcrm"}') >= 1);
  t.ok(value('sync_hints_total{source="webhook",side="fortnox"}') >= 1);
  t.ok(value('sync_hints_total{source="import",side="webcrm"}') >= 1);
  t.ok(value('sync_job_runs_total{entity="customer",side="webcrm",outcome="done",reason="none"}') >= 1);
  t.ok(value('sync_notification_to_write_seconds_count{target="fortnox"}') >= 1);
  t.ok(value('sync_notification_to_write_seconds_count{target="webcrm"}') >= 1);
  t.ok(value('sync_vendor_calls_total{vendor="fortnox",method="POST",route="/3/customers",status="201"}') >= 1);
  t.ok(value('sync_vendor_call_seconds_sum{vendor="webcrm",status="200"}') > 0);
  t.equal(value('sync_budget_slots_limit{vendor="fortnox"}'), 25);
  t.ok(value('sync_budget_slots_used{vendor="webcrm"}') > 0);
  t.equal(value('sync_tenants{state="connected"}'), 1);
  t.equal(value('sync_stream_tenants{notifications="poll",reason="stream-off"}'), 1);
  t.equal(value('sync_imports_total{state="done"}'), 1);
  t.equal(value('sync_alerts_raised{kind="hold"}'), 0);
  t.ok(value('sync_store_seconds_count{operation="jobs.enqueue",outcome="ok"}') >= 1);
  t.ok(value('nodejs_eventloop_lag_p99_seconds') > 0);
  await world.wait(400_000);
  const later = await scrape(world);
  t.match(later, /sync_polls_total\{side="fortnox",entity="customer",outcome="ok"\} [1-9]/);

  const now = world.runtime.now();
  const hint = { tenant: world.tenantId, entity: 'customer', side: 'webcrm', id: '99', priority: 2 } as const;
  await world.call('/pause', { entity: 'customer', to: 'fortnox' });
  await world.call('/pause', {});
  await world.store.jobs.enqueue([hint], now);
  await world.wait(50_000);
  const waiting = await scrape(world);
  t.match(waiting, /sync_jobs\{state="waiting",priority="import"\} 1\n/);
  t.match(waiting, /sync_jobs_oldest_due_seconds\{priority="import"\} 0\n/, 'what a person has paused is not late');
  t.match(
    waiting,
    /sync_alert_deliveries_total\{outcome="given-up"\} 0\n/,
    'a series that begins with its first event shows no increase',
  );
  t.match(waiting, /sync_tenants\{state="paused"\} 1\n/);
  t.match(waiting, /sync_paused_parts\{entity="customer",target="fortnox"\} 1\n/);
  world.store.jobs.depth = () => Promise.reject(new Error('gone'));
  await world.wait(50_000);
  const failing = await scrape(world);
  t.match(failing, /sync_metrics_age_seconds 50\n/);
  t.match(failing, /sync_metrics_failures_total 1\n/);
});

t.test('B5 R25 the time for which a delivery is left to its author is not counted as lateness', async (t) => {
  const world = await openWorld();
  t.teardown(() => world.close());
  await articles(world);
  const { organisation } = await customer(world);
  const delivery = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: organisation,
    DeliveryStatus: 'Planned',
  });
  world.webcrm.person.createLine(delivery, line('A1', 'Lampa', 1, 100));
  for (let edit = 0; edit < 6; edit++) {
    await world.wait(8_000);
    world.webcrm.person.editDelivery(delivery, { DeliveryCustom6: `Anna ${edit}` });
  }
  await world.wait(30_000);
  await world.quiet();
  t.equal(world.fortnox.orders().length, 1);
  const text = await scrape(world);
  const of = (name: string) =>
    Number(new RegExp(`^sync_notification_to_write_seconds_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  t.ok(of('count\\{target="fortnox"\\}') >= 2);
  t.equal(of('bucket\\{le="2",target="fortnox"\\}'), of('count\\{target="fortnox"\\}'));
});

t.test(
  'B8 no line of a whole run holds a secret, at any level; none at info level holds a person; each names its work',
  async (t) => {
    const { world, lines, organisation, number } = await workedDay(t);
    const { app, runtime, fortnox, webcrm, services, tenantId } = world;
    const ask = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, headers: Record<string, string> = {}) =>
      runtime.drive(
        app.inject({
          ...{ method, url },
          headers: { authorization: `Bearer ${world.adminToken}`, ...headers },
          ...(payload === undefined ? {} : { payload }),
        }),
      );
    const at = `/api/tenants/${tenantId}`;
    const tenant = await services.admin.getTenant(tenantId);
    const secrets: Record<string, string> = {
      'admin token': world.adminToken,
      'a wrong admin token': 'canary-wrong-admin-token-0123456789',
      'webCRM token': webcrm.applicationToken,
      'a refused webCRM token': 'canary-webcrm-token-0123456789',
      'a refused refresh token': 'canary-refresh-token-0123456789',
      'an authorization code': 'canary-authorization-code-0123456789',
      'client secret': CLIENT_SECRET,
      'hook token': tenant.hookToken,
      'fortnox tokens': (
        JSON.parse((await services.vault.get(tenantId, 'fortnox-tokens')) ?? '{}') as { accessToken: string }
      ).accessToken,
      'refresh token': (
        JSON.parse((await services.vault.get(tenantId, 'fortnox-tokens')) ?? '{}') as { refreshToken: string }
      ).refreshToken,
      'encryption key': Buffer.alloc(32, 7).toString('base64'),
    };
    const given = secrets as Record<keyof typeof secrets, string>;
    await ask('GET', at, undefined, { authorization: `Bearer ${given['a wrong admin token']}` });
    await ask('PUT', `${at}/credentials/webcrm`, { applicationToken: given['a refused webCRM token'] });
    await ask('PUT', `${at}/credentials/fortnox`, {
      grant: 'refresh_token',
      refreshToken: given['a refused refresh token'],
    });
    await ask('PUT', `${at}/credentials/fortnox`, {
      ...{ grant: 'authorization_code', code: given['an authorization code'] },
      redirectUri: 'https://sync.invalid/cb',
    });
    await ask('PUT', `${at}/credentials/fortnox`, { grant: 'refresh_token', code: given['an authorization code'] });
    await ask('POST', `/webhooks/webcrm/${tenant.hookToken}/organisations/update`, { OrganisationId: organisation });
    await ask('POST', `/webhooks/fortnox/${tenant.hookToken}`, { no: 'signature' });
    await ask('GET', `/webhooks/webcrm/${tenant.hookToken}/nothing`);
    secrets['webhook secret'] = (await ask('POST', `${at}/webhook-secret`)).json().secret;
    await ask('GET', `${at}/explain?entity=customer&side=webcrm&id=${organisation}`);
    await ask('POST', `${at}/check`);

    // Failures of each kind, with a person in the record.
    const refusal = {
      ErrorInformation: { error: 1, message: `${PERSON.OrganisationName} is not valid`, code: 2000588 },
    };
    fortnox.failNext({ method: 'PUT', status: 500, times: 1 });
    fortnox.failNext({ method: 'PUT', status: 400, times: 1, body: JSON.stringify(refusal) });
    world.webcrm.person.editOrganisation(organisation, { OrganisationName: 'Ebba Kanariefågel-Två' });
    await world.quiet();
    await world.wait(30_000);

    t.ok(lines.length > 150, `${lines.length} lines`);
    const all = lines.map((line) => JSON.parse(line) as Record<string, unknown> & { level: number; msg: string });
    for (const [name, secret] of Object.entries(secrets)) {
      t.ok(secret && secret.length >= 8, `${name} is known`);
      const found = lines.filter((line) => line.includes(secret) || line.includes(encodeURIComponent(secret)));
      t.strictSame(found, [], `no line holds the ${name}`);
    }
    const canaries = ['Kanariefågel', '070-1234567', 'Hemliga gatan', 'Gömstad', 'kanarie.example', '08-4711 99'];
    for (const canary of canaries)
      t.strictSame(
        lines.filter((line, index) => (all[index]?.level ?? 0) >= 30 && line.includes(canary)),
        [],
        `no line at info level or above holds ${canary}`,
      );

    t.ok(all.some(({ msg, code }) => msg === 'a job failed and is kept' && code === 'vendor-refused'));
    t.match(
      (await world.dead())[0]?.lastError,
      { message: /Kanariefågel is not valid/ },
      'the failed list has the words',
    );

    const calls = all.filter(({ msg }) => msg === 'vendor call');
    t.ok(calls.some(({ job, tenant }) => tenant === tenantId && job === `customer:webcrm:${organisation}`));
    t.ok(calls.some(({ job }) => job === `customer:fortnox:${number}`));
    const jobs = all.filter(({ msg }) => msg === 'a job ran');
    t.ok(jobs.length > 0);
    for (const line of jobs)
      t.ok(line.tenant === tenantId && line.job && !('reqId' in line), 'a job is no part of the request that woke it');
    const checked = calls.filter(({ reqId }) => reqId !== undefined);
    t.ok(checked.length > 5, 'the calls of a connection check name its request');
    for (const { tenant } of checked) t.equal(tenant, tenantId);
    const requests = all.filter(({ msg }) => /request/.test(msg));
    for (const line of requests) t.type(line.reqId, 'string', line.msg);
    for (const line of lines) t.equal(line.split('"reqId":').length <= 2, true, 'named once');
  },
);
