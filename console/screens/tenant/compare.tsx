import { useState } from 'preact/hooks';
import { get, ofTenant, query } from '../../lib/api.ts';
import { useLoad } from '../../lib/load.ts';
import { type Ref, refKey } from '../../lib/names.ts';
import { useTexts } from '../../lib/texts.ts';
import type { Explanation } from '../../lib/types.ts';
import { Button, Loading } from '../../parts/basic.tsx';
import { ProblemNotice } from '../../parts/problem.tsx';

/** What a person needs to see whether two records are one: read at the vendors when it is asked for. */
export function Compare({ tenant, refs }: { tenant: string; refs: readonly Ref[] }) {
  const { t } = useTexts();
  const [asked, setAsked] = useState(false);
  if (asked) return <Compared tenant={tenant} refs={refs} />;
  return (
    <p>
      <Button icon="search" onClick={() => setAsked(true)}>
        {t('person.compare')}
      </Button>
    </p>
  );
}

function Compared({ tenant, refs }: { tenant: string; refs: readonly Ref[] }) {
  const { t, field } = useTexts();
  const { data, problem, reload } = useLoad(refs.map(refKey).join(' '), (signal) =>
    Promise.all(
      refs.map(async ({ entity, side, id }) => {
        const explained = await get<Explanation>(ofTenant(tenant, `/explain${query({ entity, side, id })}`), signal);
        return explained.present[side]?.fields ?? {};
      }),
    ),
  );
  if (data === undefined) return problem === null ? <Loading /> : <ProblemNotice problem={problem} retry={reload} />;
  const said = (value: string | null | undefined) => value ?? '';
  const rows = [...new Set(data.flatMap((fields) => Object.keys(fields)))]
    .map((name) => ({ name, values: data.map((fields) => said(fields[name])) }))
    .filter(({ values }) => values.some((value) => value !== ''));
  return (
    <table class="sides compare">
      <caption class="unseen">{t('person.compare')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          {refs.map((ref) => (
            <th scope="col" key={refKey(ref)}>
              {t(ref.side)} <span class="quiet">{ref.id}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, values }) => (
          <tr key={name} class={new Set(values).size > 1 ? 'differs' : ''}>
            <th scope="row">{field(name)}</th>
            {refs.map((ref, at) => (
              <td key={refKey(ref)}>{values[at] || '–'}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
