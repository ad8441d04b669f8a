import { type Command, Option } from 'commander';
import { type Context, findTenant, table } from '../context.ts';
import type { CreatedTenant, RemovedTenant, Status, Tenant } from '../views.ts';

const stateOf = ({ state, pausedReason, pausedParts, hold }: Tenant): string =>
  hold === null
    ? `${state}${pausedReason === null ? '' : ` (${pausedReason})`}${partsOf(pausedParts)}`
    : `held (${hold.why}, ${hold.count} records)`;

const partsOf = (parts: Tenant['pausedParts']): string =>
  parts.length === 0 ? '' : `, paused: ${parts.map(({ entity, to }) => `${entity} to ${to}`).join(', ')}`;

/** `tenants`: list, show, create, pause, resume, remove. */
export function tenantCommands(program: Command, context: () => Context): void {
  const tenants = program
    .command('tenants')
    .description('the tenants: one webCRM system with one Fortnox company each');

  tenants
    .command('list', { isDefault: true })
    .description('every tenant that the token reaches')
    .action(async () => {
      const { api, answer } = context();
      const all = await (await api()).all<Tenant>('/tenants');
      answer(all, () =>
        all.length === 0
          ? 'There is no tenant yet: make one with tenants create <name>.'
          : table(
              ['ID', 'NAME', 'STATE'],
              all.map((one) => [one.id, one.name, stateOf(one)]),
            ),
      );
    });
  tenants
    .command('show <tenant>')
    .description('state, counts, lateness and budgets of a tenant, by its id or name')
    .action(async (wanted: string) => {
      const { api: open, answer } = context();
      const api = await open();
      const tenant = await findTenant(api, wanted);
      const status = await api.get<Status>(`/tenants/${tenant.id}/status`);
      const counts = (of: Record<string, number>) =>
        Object.entries(of)
          .map(([state, count]) => `${count} ${state}`)
          .join(', ') || 'none';
      answer({ ...tenant, status }, () =>
        table(
          ['TENANT', tenant.name],
          [
            ['id', tenant.id],
            ['state', stateOf(tenant)],
            ['needs a person', String(status.needsPerson)],
            ['jobs', counts(status.jobs)],
            ['pairs', counts(status.pairs)],
            ...status.pausedParts.map(({ entity, to, waiting }) => [`paused: ${entity} to ${to}`, `${waiting} wait`]),
            ['late by', `${Math.round(status.latenessMs / 1000)} s`],
            [
              'Fortnox changes by',
              `${status.notifications.notifications}${status.notifications.message ? `: ${status.notifications.message}` : ''}`,
            ],
          ],
        ),
      );
    });
  tenants
    .command('create <name>')
    .description('make a tenant; then: connect')
    .action(async (name: string) => {
      const { api, answer } = context();
      const made = await (await api()).call<CreatedTenant>('POST', '/tenants', { name });
      answer(made, () =>
        [
          `Made ${made.tenant.name}: ${made.tenant.id}`,
          `For a relay of signed Fortnox events: ${made.webhook.url}`,
          `Its secret, shown this once: ${made.webhook.secret}`,
        ].join('\n'),
      );
    });
  for (const [verb, description] of [
    ['pause', 'stop the jobs of a tenant, or a part of its writes; what changes meanwhile is kept'],
    ['resume', 'go on after a pause of the tenant, or of a part of it'],
  ] as const)
    tenants
      .command(`${verb} <tenant>`)
      .description(description)
      .addOption(
        new Option('--entity <kind>', 'records of this kind alone').choices(['customer', 'article', 'delivery']),
      )
      .addOption(new Option('--to <side>', 'writes to this side alone').choices(['webcrm', 'fortnox']))
      .action(async (wanted: string, part: { entity?: string; to?: string }) => {
        const { api: open, answer } = context();
        const api = await open();
        const { id } = await findTenant(api, wanted);
        const tenant = await api.call<Tenant>(
          'POST',
          `/tenants/${id}/${verb}`,
          Object.keys(part).length === 0 ? undefined : part,
        );
        answer(tenant, () => `${tenant.name}: ${stateOf(tenant)}`);
      });
  tenants
    .command('remove <tenant>')
    .description('remove a tenant with everything that is kept of it; asks for its name, nothing brings it back')
    .option('--name <name>', 'its name as a confirmation, for scripts')
    .option('--force', 'also when webCRM does not remove our hooks; they are left there')
    .action(async (wanted: string, options: { name?: string; force?: true }) => {
      const { api: open, answer, io } = context();
      const api = await open();
      const tenant = await findTenant(api, wanted);
      const name = options.name ?? (await io.ask(`Type the name of ${tenant.name} to remove it for good: `, false));
      const removed = await api.call<RemovedTenant>('DELETE', `/tenants/${tenant.id}`, { ...options, name });
      answer(removed, () =>
        [
          `Removed ${removed.name}, and ${removed.hooksRemoved} hooks at webCRM.`,
          ...(removed.hooksLeft.length === 0 ? [] : [`Left at webCRM: ${removed.hooksLeft.join(', ')}`]),
        ].join('\n'),
      );
    });
}
