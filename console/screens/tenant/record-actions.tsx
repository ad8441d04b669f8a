import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { del, get, ofTenant, post, query } from '../../lib/api.ts';
import { useAction } from '../../lib/load.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Explanation, Job, Page, Side } from '../../lib/types.ts';
import { Button, Confirm, Panel } from '../../parts/basic.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';

type Asked = 'unlink' | 'link' | { recreate: Side } | null;
/** How often the page looks for the end of a synchronisation, and how long. */
const LOOK_MS = 1_000;
const LOOKS = 20;
const LINKABLE: Readonly<Record<string, string>> = { customer: 'customer', order: 'order', invoice: 'invoice' };

/** Where a record that is gone can be made anew; both, when it is not told which is gone. */
function goneFrom(reason: string | null): readonly Side[] {
  if (reason === 'gone-in-webcrm') return ['webcrm'];
  if (reason === 'gone-in-fortnox') return ['fortnox'];
  return ['webcrm', 'fortnox'];
}

/** What a person can do to a record: synchronise now, unlink, link, recreate (B6). Only what fits its state is offered. */
export function RecordActions({
  tenant,
  explanation,
  changed,
}: {
  tenant: string;
  explanation: Explanation;
  changed: () => Promise<void>;
}) {
  const { t, error } = useTexts();
  const { record, pair, jobs } = explanation;
  const [asked, setAsked] = useState<Asked>(null);
  const [said, setSaid] = useState('');
  const pairPath = pair === null ? '' : ofTenant(tenant, `/pairs/${encodeURIComponent(pair.id)}`);
  const done = async (sentence: string) => {
    setAsked(null);
    setSaid(sentence);
    await changed();
  };
  /** What became of a job that was asked for; undefined: it is done. */
  const outcome = (job: Job | undefined): string => {
    if (job === undefined) return t('act.synced');
    const why = job.lastError === null ? '' : `${error(job.lastError.code) ?? ''} ${job.lastError.message}`.trim();
    if (job.state === 'dead') return t('act.failed', { why });
    return why === '' ? t('act.queued') : t('act.again', { why });
  };
  const sync = useAction(async () => {
    const { key } = await post<{ key: string }>(ofTenant(tenant, '/jobs/sync'), {
      side: record.side,
      entity: record.entity,
      id: record.id,
    });
    setSaid(t('act.syncing'));
    let job: Job | undefined;
    for (let look = 0; look < LOOKS; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      [job] = (await get<Page<Job>>(ofTenant(tenant, `/jobs${query({ key })}`))).items;
      if (job === undefined || job.state === 'dead') break;
    }
    await done(outcome(job));
  });
  const retry = useAction(async () => {
    await post(ofTenant(tenant, '/jobs/retry'), {
      keys: jobs.filter(({ state }) => state === 'dead').map(({ key }) => key),
    });
    await done(t('act.retried'));
  });
  const unlink = useAction(async () => {
    await post(`${pairPath}/unlink`);
    await done(t('act.unlinked'));
  });
  const relink = useAction(async () => {
    await post(`${pairPath}/relink`, {});
    await done(t('act.linked'));
  });
  const recreate = useAction(async (side: Side) => {
    await post(`${pairPath}/recreate`, { side });
    await done(t('act.recreated'));
  });
  const forget = useAction(async () => {
    await del(pairPath);
    await done(t('act.forgotten'));
  });
  const isWhole = pair !== null && pair.webcrmId !== null && pair.fortnoxId !== null;
  const state = pair?.state;
  const canLink = pair === null && LINKABLE[record.entity === 'delivery' ? 'order' : record.entity] !== undefined;
  const problems = [sync, retry, unlink, relink, recreate, forget].map(({ problem }) => problem);
  return (
    <Panel title={t('act.title')}>
      <div class="actions">
        <Button needs="operate" kind="main" icon="sync" busy={sync.busy} onClick={sync.run}>
          {t('act.sync')}
        </Button>
        {jobs.some((job) => job.state === 'dead') && (
          <Button needs="operate" icon="sync" busy={retry.busy} onClick={retry.run}>
            {t('failed.retry')}
          </Button>
        )}
        {isWhole && (state === 'linked' || state === 'excluded' || state === 'conflict') && (
          <Button needs="operate" icon="skip" onClick={() => setAsked('unlink')}>
            {t('act.unlink')}
          </Button>
        )}
        {isWhole && (state === 'detached' || state === 'gone') && (
          <Button needs="operate" icon="link" busy={relink.busy} onClick={relink.run}>
            {t('act.relink')}
          </Button>
        )}
        {state === 'detached' && !isWhole && (
          <Button needs="operate" icon="play" busy={forget.busy} onClick={forget.run}>
            {t('act.forget')}
          </Button>
        )}
        {(canLink || state === 'detached' || state === 'gone') && (
          <Button needs="operate" icon="link" onClick={() => setAsked('link')}>
            {t('act.linkOther')}
          </Button>
        )}
        {state === 'gone' &&
          goneFrom(pair?.reason ?? null).map((side) => (
            <Button needs="operate" key={side} icon="plus" onClick={() => setAsked({ recreate: side })}>
              {t('act.recreate', { side: t(side) })}
            </Button>
          ))}
      </div>
      <p role="status" class="said">
        {said}
      </p>
      {problems.map((problem, at) => (
        <ProblemNotice key={at} problem={problem} />
      ))}
      {asked === 'link' && (
        <LinkForm
          tenant={tenant}
          explanation={explanation}
          linked={() => done(t('act.linked'))}
          onNo={() => setAsked(null)}
        />
      )}
      {asked === 'unlink' && (
        <Confirm
          title={t('act.unlink')}
          yes={t('act.unlink')}
          busy={unlink.busy}
          onYes={unlink.run}
          onNo={() => setAsked(null)}
        >
          <p>{t('act.unlinkText')}</p>
        </Confirm>
      )}
      {typeof asked === 'object' && asked !== null && (
        <Confirm
          title={t('act.recreate', { side: t(asked.recreate) })}
          yes={t('act.recreate', { side: t(asked.recreate) })}
          kind="main"
          busy={recreate.busy}
          onYes={() => recreate.run(asked.recreate)}
          onNo={() => setAsked(null)}
        >
          <p>{t('act.recreateText')}</p>
        </Confirm>
      )}
    </Panel>
  );
}

/** Links the record with one of the other side. What contradicts is told first, and may be confirmed. */
function LinkForm({
  tenant,
  explanation: { record, pair },
  linked,
  onNo,
}: {
  tenant: string;
  explanation: Explanation;
  linked: () => Promise<void>;
  onNo: () => void;
}) {
  const { t, maybe } = useTexts();
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('select, input')?.focus(), []);
  const [id, setId] = useState('');
  const other: Side = record.side === 'webcrm' ? 'fortnox' : 'webcrm';
  const [kind, setKind] = useState('order');
  const fortnoxKind = record.entity === 'customer' ? 'customer' : record.entity === 'delivery' ? kind : record.entity;
  const link = useAction(async (confirm: boolean) => {
    const wanted = id.trim();
    if (pair !== null)
      await post(ofTenant(tenant, `/pairs/${encodeURIComponent(pair.id)}/relink`), {
        [other === 'webcrm' ? 'webcrmId' : 'fortnoxId']: wanted,
        confirm,
      });
    else
      await post(ofTenant(tenant, '/pairs'), {
        webcrmId: record.side === 'webcrm' ? record.id : wanted,
        fortnoxId: record.side === 'fortnox' ? record.id : wanted,
        fortnoxKind,
        confirm,
      });
    await linked();
  });
  const mayConfirm = link.problem?.code === 'conflict' && link.problem.faults.length > 0;
  return (
    <form
      ref={form}
      class="form inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim() !== '') void link.run(false);
      }}
    >
      {record.entity === 'delivery' && pair === null && (
        <div class="field">
          <label htmlFor="link-kind">{t('act.kind')}</label>
          <select id="link-kind" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            <option value="order">{maybe('entity.order', 'order')}</option>
            <option value="invoice">{maybe('entity.invoice', 'invoice')}</option>
          </select>
        </div>
      )}
      <TextField
        label={t('act.otherId', { side: t(other) })}
        value={id}
        onInput={setId}
        help={t('act.otherHelp')}
        required
      />
      <ProblemNotice problem={link.problem} />
      <div class="actions">
        <Button needs="operate" type="submit" kind="main" icon="link" busy={link.busy}>
          {t('act.link')}
        </Button>
        {mayConfirm && (
          <Button needs="operate" kind="danger" onClick={() => link.run(true)}>
            {t('act.linkAnyway')}
          </Button>
        )}
        <Button onClick={onNo}>{t('cancel')}</Button>
      </div>
    </form>
  );
}
