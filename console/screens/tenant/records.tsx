import { useEffect, useState } from 'preact/hooks';
import { get, ofTenant, query } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useLoad } from '../../lib/load.ts';
import { useNow } from '../../lib/now.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Found, Page, Pair, Side } from '../../lib/types.ts';
import { Badge, Empty, Loading, Panel, type Tone } from '../../parts/basic.tsx';
import { TextField } from '../../parts/field.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { recordPlace } from '../../parts/record-name.tsx';
import type { Key } from '../../texts/en.ts';
import type { TenantProps } from '../tenant.tsx';
import { refOfPair } from './person.tsx';

const TYPING_MS = 300;
export const PAIR_LOOK: Readonly<Record<string, { tone: Tone; icon: IconName }>> = {
  linked: { tone: 'ok', icon: 'ok' },
  creating: { tone: 'info', icon: 'wait' },
  excluded: { tone: 'quiet', icon: 'skip' },
  detached: { tone: 'quiet', icon: 'skip' },
  conflict: { tone: 'warn', icon: 'person' },
  gone: { tone: 'bad', icon: 'bad' },
};

/** What a number or id may be, on which side: looked at directly, whether anything knows it or not. */
const KINDS: readonly { entity: string; side: Side }[] = [
  { entity: 'customer', side: 'webcrm' },
  { entity: 'delivery', side: 'webcrm' },
  { entity: 'customer', side: 'fortnox' },
  { entity: 'order', side: 'fortnox' },
  { entity: 'invoice', side: 'fortnox' },
  { entity: 'article', side: 'fortnox' },
];

/** Finding a record by name, number or id: among those in step, and at the vendors themselves. */
export function RecordsScreen({ tenant }: TenantProps) {
  const { t } = useTexts();
  const [text, setText] = useState('');
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Panel title={t('records.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setWanted(text.trim());
        }}
      >
        <TextField type="search" label={t('records.search')} help={t('records.help')} value={text} onInput={setText} />
      </form>
      {wanted === '' ? <Newest tenant={tenant.id} /> : <Results key={wanted} tenant={tenant} wanted={wanted} />}
    </Panel>
  );
}

function Newest({ tenant }: { tenant: string }) {
  const { t } = useTexts();
  const { data, problem, reload } = useLoad(`pairs ${tenant}`, (signal) =>
    get<Page<Pair>>(ofTenant(tenant, `/pairs${query({ limit: 20 })}`), signal),
  );
  if (data === undefined) return problem === null ? <Loading /> : <ProblemNotice problem={problem} retry={reload} />;
  if (data.items.length === 0)
    return (
      <Empty icon="search" title={t('records.empty')}>
        <p>{t('records.emptyText')}</p>
      </Empty>
    );
  const rows = data.items.map((pair) => ({
    ...pair,
    name: pair.base?.webcrm.name ?? pair.base?.fortnox.name ?? null,
    number: pair.base?.webcrm.customerNumber ?? pair.base?.webcrm.number ?? pair.fortnoxId,
  }));
  return (
    <>
      <h3>{t('records.newest')}</h3>
      <PairTable tenant={tenant} pairs={rows} />
    </>
  );
}

function Results({ tenant, wanted }: { tenant: TenantProps['tenant']; wanted: string }) {
  const { t } = useTexts();
  const known = useLoad(`search ${tenant.id} ${wanted}`, (signal) =>
    get<Found>(ofTenant(tenant.id, `/search${query({ q: wanted })}`), signal),
  );
  const [ask, setAsk] = useState(false);
  const isConnectable = tenant.state !== 'new';
  return (
    <>
      <ProblemNotice problem={known.problem} retry={known.reload} />
      {known.data === undefined ? (
        known.problem === null && <Loading />
      ) : known.data.pairs.length === 0 ? (
        <Empty icon="search" title={t('records.none', { wanted })}>
          <p>{t('records.noneText')}</p>
        </Empty>
      ) : (
        <PairTable tenant={tenant.id} pairs={known.data.pairs} />
      )}
      {isConnectable && (
        <section class="sub">
          <h3>{t('records.vendors')}</h3>
          {ask ? (
            <AtVendors tenant={tenant.id} wanted={wanted} />
          ) : (
            <p>
              <button type="button" class="button plain" onClick={() => setAsk(true)}>
                {t('records.ask', { wanted })}
              </button>{' '}
              <span class="quiet">{t('records.askText')}</span>
            </p>
          )}
        </section>
      )}
      {isConnectable && /^[^\s/?#]{1,64}$/.test(wanted) && (
        <section class="sub">
          <h3>{t('records.direct', { wanted })}</h3>
          <ul class="chips">
            {KINDS.map(({ entity, side }) => (
              <li key={entity + side}>
                <a class="chip" href={recordPlace(tenant.id, { entity, side, id: wanted })}>
                  {t(`entity.${entity}` as Key)} {wanted} · {t(side)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function AtVendors({ tenant, wanted }: { tenant: string; wanted: string }) {
  const { t } = useTexts();
  const { data, problem, reload } = useLoad(`vendors ${tenant} ${wanted}`, (signal) =>
    get<Found>(ofTenant(tenant, `/search${query({ q: wanted, vendors: 'true' })}`), signal),
  );
  if (data === undefined) return problem === null ? <Loading /> : <ProblemNotice problem={problem} retry={reload} />;
  const found = data.vendors ?? [];
  return (
    <>
      {data.failed.map(({ side, message }) => (
        <p class="fault" key={side}>
          {t(side)}: {message}
        </p>
      ))}
      {found.length === 0 ? (
        <p class="quiet">{t('records.vendorsNone')}</p>
      ) : (
        <ul class="rows">
          {found.map((one) => (
            <li key={one.side + one.id}>
              <a href={recordPlace(tenant, one)}>{one.name ?? one.id}</a>
              <span class="quiet">
                {t(one.side)} {one.number ?? one.id} {one.type}
              </span>
              <Badge tone={one.paired ? 'ok' : 'warn'} icon={one.paired ? 'ok' : 'warn'}>
                {one.paired ? t('records.paired') : t('records.notPaired')}
              </Badge>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function PairTable({
  tenant,
  pairs,
}: {
  tenant: string;
  pairs: readonly Found['pairs'][number][] | readonly (Pair & { name: string | null; number: string | null })[];
}) {
  const texts = useTexts();
  const { t, maybe, reason } = texts;
  const { ago, full } = formats(texts);
  const now = useNow(30_000);
  return (
    <table class="cards">
      <caption class="unseen">{t('records.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('record')}</th>
          <th scope="col">{t('webcrm')}</th>
          <th scope="col">{t('fortnox')}</th>
          <th scope="col">{t('status')}</th>
          <th scope="col">{t('changed')}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => {
          const { tone, icon } = PAIR_LOOK[pair.state] ?? { tone: 'quiet' as const, icon: 'info' as const };
          const kind = maybe(`entity.${pair.entity}`, pair.entity);
          return (
            <tr key={pair.id}>
              <th scope="row">
                <span class="record-link">
                  <a href={recordPlace(tenant, refOfPair(pair))}>{pair.name ?? `${kind} ${pair.number ?? ''}`}</a>
                  <span class="quiet">{kind}</span>
                </span>
              </th>
              <td data-label={t('webcrm')}>{pair.webcrmId ?? '-'}</td>
              <td data-label={t('fortnox')}>
                {pair.fortnoxId === null
                  ? '-'
                  : `${maybe(`entity.${pair.fortnoxKind}`, pair.fortnoxKind)} ${pair.fortnoxId}`}
              </td>
              <td data-label={t('status')}>
                <Badge tone={tone} icon={icon}>
                  {maybe(`pair.${pair.state}`, pair.state)}
                </Badge>
                {pair.reason !== null && pair.state !== 'linked' && (
                  <span class="under">{reason(pair.reason, null)}</span>
                )}
              </td>
              <td data-label={t('changed')}>
                <time dateTime={new Date(pair.updatedAt).toISOString()} title={full(pair.updatedAt)}>
                  {ago(pair.updatedAt, now)}
                </time>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
