import { get, ofTenant, post } from '../lib/api.ts';
import { ATTENTION_LOOK, attentionOf } from '../lib/attention.ts';
import { useCurrentInView } from '../lib/in-view.ts';
import { useAction, useLoad } from '../lib/load.ts';
import { to } from '../lib/route.ts';
import { readTenant, type TaggedTenant } from '../lib/tenant.ts';
import { useTexts } from '../lib/texts.ts';
import type { Status, Tenant } from '../lib/types.ts';
import { Badge, Button, LinkButton, Loading } from '../parts/basic.tsx';
import { Heading } from '../parts/page.tsx';
import { ProblemNotice } from '../parts/problem.tsx';
import type { Key } from '../texts/en.ts';
import { ConnectScreen } from './connect/connect.tsx';
import { NotFound } from './not-found.tsx';
import { ActivityScreen } from './tenant/activity.tsx';
import { FailedScreen } from './tenant/failed.tsx';
import { ImportScreen } from './tenant/import.tsx';
import { ImportsScreen } from './tenant/imports.tsx';
import { NowScreen } from './tenant/now.tsx';
import { PersonScreen } from './tenant/person.tsx';
import { RecordScreen } from './tenant/record.tsx';
import { RecordsScreen } from './tenant/records.tsx';
import { SettingsScreen } from './tenant/settings.tsx';

export interface TenantProps {
  readonly tenant: TaggedTenant;
  readonly status: Status;
  /** Reads both anew: after something was changed. */
  readonly reload: () => Promise<unknown>;
  readonly setTenant: (tenant: TaggedTenant) => void;
}

const TABS = ['now', 'person', 'failed', 'imports', 'activity', 'records', 'settings'] as const;
type Tab = (typeof TABS)[number];
const STATUS_MS = 5_000;

/** One tenant: what all its screens share, and the screen that the place names. */
export function TenantScreen({ id, place }: { id: string; place: readonly string[] }) {
  const { t } = useTexts();
  const tenant = useLoad(`tenant ${id}`, (signal) => readTenant(id, signal));
  const status = useLoad(`status ${id}`, (signal) => get<Status>(ofTenant(id, '/status'), signal), STATUS_MS);
  const reload = () => Promise.all([tenant.reload(), status.reload()]);
  const problem = tenant.problem ?? status.problem;
  const [tab = 'now', ...rest] = place;

  if (tenant.data === undefined || status.data === undefined) {
    if (problem === null) return <Loading />;
    if (problem.status === 404) return <NotFound text={t('notFound.tenant')} />;
    return (
      <>
        <Heading title={t('tenant')} crumbs={[{ text: t('overview.title'), href: to() }]} />
        <ProblemNotice problem={problem} retry={reload} />
      </>
    );
  }
  // The status is read more often: what it says of the state is the newer.
  const { state, pausedReason, hold } = status.data;
  const props: TenantProps = {
    tenant: { ...tenant.data, state: state as Tenant['state'], pausedReason, hold },
    status: status.data,
    reload,
    setTenant: tenant.set,
  };
  const offline = <ProblemNotice problem={problem} retry={reload} />;
  if (tab === 'connect')
    return (
      <>
        {offline}
        <ConnectScreen {...props} step={rest[0]} />
      </>
    );
  return (
    <>
      <TenantHeading {...props} />
      <Tabs id={id} tab={tab} status={status.data} />
      {offline}
      <Screen tab={tab} rest={rest} props={props} />
    </>
  );
}

function Screen({ tab, rest, props }: { tab: string; rest: readonly string[]; props: TenantProps }) {
  const [first, second, third] = rest;
  switch (tab) {
    case 'now':
      return <NowScreen {...props} />;
    case 'person':
      return <PersonScreen {...props} />;
    case 'failed':
      return <FailedScreen {...props} />;
    case 'imports':
      return first === undefined ? <ImportsScreen {...props} /> : <ImportScreen key={first} {...props} id={first} />;
    case 'activity':
      return <ActivityScreen {...props} />;
    case 'records':
      return <RecordsScreen {...props} />;
    case 'settings':
      return <SettingsScreen {...props} />;
    case 'record':
      if (first === undefined || (second !== 'webcrm' && second !== 'fortnox') || third === undefined)
        return <NotFound />;
      return <RecordScreen key={rest.join('/')} {...props} record={{ entity: first, side: second, id: third }} />;
    default:
      return <NotFound />;
  }
}

function TenantHeading({ tenant, status, reload }: TenantProps) {
  const { t } = useTexts();
  const { tone, icon, text } = ATTENTION_LOOK[attentionOf(status)];
  const pause = useAction(async () => {
    await post(ofTenant(tenant.id, tenant.state === 'paused' ? '/resume' : '/pause'));
    await reload();
  });
  return (
    <>
      <Heading
        title={tenant.name}
        crumbs={[{ text: t('overview.title'), href: to() }]}
        badge={
          <Badge tone={tone} icon={icon}>
            {t(text)}
          </Badge>
        }
        actions={
          tenant.state === 'new' ? (
            <LinkButton href={to('t', tenant.id, 'connect')} kind="main" icon="link">
              {t('tenant.connect')}
            </LinkButton>
          ) : (
            <Button
              needs="operate"
              icon={tenant.state === 'paused' ? 'play' : 'pause'}
              busy={pause.busy}
              onClick={pause.run}
            >
              {tenant.state === 'paused' ? t('tenant.resume') : t('tenant.pause')}
            </Button>
          )
        }
      />
      <ProblemNotice problem={pause.problem} />
    </>
  );
}

function Tabs({ id, tab, status }: { id: string; tab: string; status: Status }) {
  const { t, number } = useTexts();
  const row = useCurrentInView<HTMLElement>(tab);
  const counts: Readonly<Partial<Record<Tab, number>>> = {
    person: (status.pairs.conflict ?? 0) + (status.hold === null ? 0 : 1),
    failed: status.jobs.dead,
  };
  return (
    <nav class="tabs" ref={row} aria-label={t('tabs')}>
      {TABS.map((name) => {
        const isHere = name === tab || (name === 'records' && tab === 'record');
        const n = counts[name] ?? 0;
        return (
          <a
            key={name}
            href={name === 'now' ? to('t', id) : to('t', id, name)}
            aria-current={isHere ? 'page' : undefined}
          >
            {t(`tab.${name}` as Key)}
            {n > 0 && <span class="count">{number(n)}</span>}
          </a>
        );
      })}
    </nav>
  );
}
