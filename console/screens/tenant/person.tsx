import { get, ofTenant, post, query } from '../../lib/api.ts';
import { formats } from '../../lib/format.ts';
import { useAction } from '../../lib/load.ts';
import { type Ref, useNames } from '../../lib/names.ts';
import { useNow } from '../../lib/now.ts';
import { usePaged } from '../../lib/paged.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Pair, Refused } from '../../lib/types.ts';
import { Badge, Button, Empty, Loading, Panel } from '../../parts/basic.tsx';
import { More } from '../../parts/more.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';
import { RecordLink } from '../../parts/record-name.tsx';
import type { TenantProps } from '../tenant.tsx';
import { Compare } from './compare.tsx';

const EVERY_MS = 10_000;

/** The record that a pair is looked at through. */
export function refOfPair({
  entity,
  webcrmId,
  fortnoxKind,
  fortnoxId,
}: Pick<Pair, 'entity' | 'webcrmId' | 'fortnoxKind' | 'fortnoxId'>): Ref {
  if (webcrmId !== null) return { entity, side: 'webcrm', id: webcrmId };
  return { entity: fortnoxKind, side: 'fortnox', id: fortnoxId ?? '' };
}

/** Everything that waits for a decision, or for data that a person has to enter (B6). */
export function PersonScreen(props: TenantProps) {
  return (
    <>
      <Decisions {...props} />
      <Gone {...props} />
      <NotSent {...props} />
    </>
  );
}

function Decisions({ tenant, reload }: TenantProps) {
  const { t } = useTexts();
  const list = usePaged<Pair>(
    `conflicts ${tenant.id}`,
    (cursor, signal) => get(ofTenant(tenant.id, `/pairs${query({ state: 'conflict', cursor })}`), signal),
    EVERY_MS,
  );
  return (
    <Panel title={t('person.decide')}>
      <ProblemNotice problem={list.problem} retry={list.reload} />
      {list.items === undefined ? (
        list.problem === null && <Loading />
      ) : list.items.length === 0 ? (
        <Empty icon="ok" title={t('person.none')} />
      ) : (
        <Conflicts tenant={tenant.id} pairs={list.items} decided={() => Promise.all([list.reload(), reload()])} />
      )}
      <More list={list} />
    </Panel>
  );
}

const candidateRef = (pair: Pair, id: string): Ref =>
  pair.webcrmId === null
    ? { entity: pair.entity, side: 'webcrm', id }
    : { entity: pair.fortnoxKind, side: 'fortnox', id };

function Conflicts({
  tenant,
  pairs,
  decided,
}: {
  tenant: string;
  pairs: readonly Pair[];
  decided: () => Promise<unknown>;
}) {
  const nameOf = useNames(
    tenant,
    [...pairs.map(refOfPair), ...pairs.flatMap((pair) => pair.candidates.map((id) => candidateRef(pair, id)))],
    { vendors: true },
  );
  return (
    <ul class="decisions">
      {pairs.map((pair) => (
        <Conflict key={pair.id} tenant={tenant} pair={pair} nameOf={nameOf} decided={decided} />
      ))}
    </ul>
  );
}

function Conflict({
  tenant,
  pair,
  nameOf,
  decided,
}: {
  tenant: string;
  pair: Pair;
  nameOf: ReturnType<typeof useNames>;
  decided: () => Promise<unknown>;
}) {
  const texts = useTexts();
  const { t } = texts;
  const ref = refOfPair(pair);
  const decide = useAction(async (choice: object) => {
    await post(ofTenant(tenant, `/pairs/${encodeURIComponent(pair.id)}/decide`), choice);
    await decided();
  });
  const other = pair.webcrmId === null ? 'webcrm' : 'fortnox';
  const isWhole = pair.webcrmId !== null && pair.fortnoxId !== null;
  return (
    <li class="decision">
      <p>
        <RecordLink tenant={tenant} record={ref} name={nameOf(ref)} />
      </p>
      <p>{texts.reason(pair.reason ?? '', null)}</p>
      <ProblemNotice problem={decide.problem} />
      {pair.candidates.length > 0 && (
        <Compare tenant={tenant} refs={[ref, ...pair.candidates.map((id) => candidateRef(pair, id))]} />
      )}
      <div class="actions">
        {pair.candidates.map((id) => {
          const name = nameOf(candidateRef(pair, id));
          return (
            <Button
              needs="operate"
              key={id}
              kind="main"
              icon="link"
              busy={decide.busy}
              onClick={() => decide.run({ link: id })}
            >
              {t('person.isThis', { name: name?.name ?? id, id, side: t(other) })}
            </Button>
          );
        })}
        {isWhole && (
          <Button
            needs="operate"
            kind="main"
            icon="link"
            busy={decide.busy}
            onClick={() => decide.run({ link: pair.fortnoxId })}
          >
            {t('person.goOn')}
          </Button>
        )}
        {!isWhole && (
          <Button needs="operate" icon="plus" onClick={() => decide.run({ create: true })}>
            {t('person.create', { side: t(other) })}
          </Button>
        )}
        <Button needs="operate" icon="skip" onClick={() => decide.run({ leave: true })}>
          {t('person.leave')}
        </Button>
      </div>
    </li>
  );
}

/** Pairs of which one record was deleted: what to do with them stands on the record's page. */
function Gone({ tenant }: TenantProps) {
  const texts = useTexts();
  const { t, reason } = texts;
  const { ago } = formats(texts);
  const now = useNow(30_000);
  const list = usePaged<Pair>(`gone ${tenant.id}`, (cursor, signal) =>
    get(ofTenant(tenant.id, `/pairs${query({ state: 'gone', cursor })}`), signal),
  );
  const nameOf = useNames(tenant.id, (list.items ?? []).map(refOfPair));
  if (list.items === undefined || list.items.length === 0) return <ProblemNotice problem={list.problem} />;
  return (
    <Panel title={t('person.gone')}>
      <p class="lead">{t('person.goneText')}</p>
      <ul class="rows">
        {list.items.map((pair) => (
          <li key={pair.id}>
            <RecordLink tenant={tenant.id} record={refOfPair(pair)} name={nameOf(refOfPair(pair))} />
            <span>{reason(pair.reason ?? '', null)}</span>
            <span class="quiet">{ago(pair.updatedAt, now)}</span>
          </li>
        ))}
      </ul>
      <More list={list} />
    </Panel>
  );
}

function NotSent({ tenant }: TenantProps) {
  const texts = useTexts();
  const { t, reason } = texts;
  const { ago, full } = formats(texts);
  const now = useNow(30_000);
  const list = usePaged<Refused>(
    `refused ${tenant.id}`,
    (cursor, signal) => get(ofTenant(tenant.id, `/refused${query({ cursor, limit: 50 })}`), signal),
    EVERY_MS,
  );
  const nameOf = useNames(
    tenant.id,
    (list.items ?? []).flatMap((one) => (one.waitsFor === null ? [one] : [one, one.waitsFor])),
    { vendors: true },
  );
  return (
    <Panel title={t('person.refused')}>
      <p class="lead">{t('person.refusedText')}</p>
      <ProblemNotice problem={list.problem} retry={list.reload} />
      {list.items === undefined ? (
        list.problem === null && <Loading />
      ) : list.items.length === 0 ? (
        <Empty icon="ok" title={t('person.refusedNone')} />
      ) : (
        <table class="cards">
          <caption class="unseen">{t('person.refused')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('record')}</th>
              <th scope="col">{t('why')}</th>
              <th scope="col">{t('since')}</th>
            </tr>
          </thead>
          <tbody>
            {list.items.map((one) => (
              <tr key={`${one.entity} ${one.side} ${one.id}`}>
                <th scope="row">
                  <RecordLink tenant={tenant.id} record={one} name={nameOf(one)} />
                </th>
                <td data-label={t('why')}>
                  {reason(one.reason, one.message)}
                  {one.waitsFor !== null && (
                    <>
                      {' '}
                      <Badge tone="info" icon="wait">
                        {t('person.waitsFor')}
                      </Badge>{' '}
                      <RecordLink tenant={tenant.id} record={one.waitsFor} name={nameOf(one.waitsFor)} />
                    </>
                  )}
                </td>
                <td data-label={t('since')}>
                  <time dateTime={new Date(one.since).toISOString()} title={full(one.since)}>
                    {ago(one.since, now)}
                  </time>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <More list={list} />
    </Panel>
  );
}
