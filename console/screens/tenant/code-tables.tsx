import { useState } from 'preact/hooks';
import { useTexts } from '../../lib/texts.ts';
import { Button } from '../../parts/basic.tsx';
import { SettingsPanel } from '../../parts/settings-panel.tsx';
import type { TenantProps } from '../tenant.tsx';

interface Row {
  readonly webcrm: string;
  readonly fortnox: string;
}

/** Tables that say which text of webCRM stands for which code of Fortnox; what is not listed passes unchanged. */
export function CodeTables(props: TenantProps) {
  const { t } = useTexts();
  const { settings } = props.tenant;
  const [terms, setTerms] = useState<readonly Row[] | null>(null);
  const [currencies, setCurrencies] = useState<readonly Row[] | null>(null);
  const [codes, setCodes] = useState<readonly Row[] | null>(null);
  const filled = (rows: readonly Row[]) =>
    rows.filter((row) => row.webcrm !== '' || row.fortnox !== '').map((row) => ({ ...row }));
  const change =
    terms === null && currencies === null && codes === null
      ? null
      : {
          ...(terms === null ? {} : { termsOfPayment: filled(terms) }),
          ...(currencies === null ? {} : { currencies: filled(currencies) }),
          ...(codes === null ? {} : { documents: { currencies: filled(codes) } }),
        };
  return (
    <SettingsPanel
      {...props}
      id="tables"
      title={t('tables.title')}
      change={change}
      clear={() => {
        setTerms(null);
        setCurrencies(null);
        setCodes(null);
      }}
    >
      {() => (
        <>
          <p class="lead">{t('tables.text')}</p>
          <Table name={t('tables.terms')} rows={terms ?? settings.termsOfPayment} onChange={setTerms} />
          <Table name={t('tables.currencies')} rows={currencies ?? settings.currencies} onChange={setCurrencies} />
          <Table name={t('tables.documents')} rows={codes ?? settings.documents.currencies} onChange={setCodes} />
        </>
      )}
    </SettingsPanel>
  );
}

function Table({
  name,
  rows,
  onChange,
}: {
  name: string;
  rows: readonly Row[];
  onChange: (rows: readonly Row[]) => void;
}) {
  const { t } = useTexts();
  const put = (at: number, change: Partial<Row>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...change } : row)));
  return (
    <fieldset>
      <legend>{name}</legend>
      {rows.length > 0 && (
        <table class="types">
          <thead>
            <tr>
              <th scope="col">{t('webcrm')}</th>
              <th scope="col">{t('fortnox')}</th>
              <th scope="col">
                <span class="unseen">{t('tables.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {(['webcrm', 'fortnox'] as const).map((side) => (
                  <td key={side}>
                    <input
                      type="text"
                      aria-label={`${name}, ${t(side)}, ${at + 1}`}
                      value={row[side]}
                      onInput={(event) => put(at, { [side]: event.currentTarget.value })}
                    />
                  </td>
                ))}
                <td>
                  <Button
                    icon="close"
                    label={t('tables.removeRow', { n: at + 1 })}
                    onClick={() => onChange(rows.filter((_, index) => index !== at))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button icon="plus" onClick={() => onChange([...rows, { webcrm: '', fortnox: '' }])}>
        {t('tables.add')}
      </Button>
    </fieldset>
  );
}
