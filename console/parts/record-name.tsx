import type { Ref } from '../lib/names.ts';
import { to } from '../lib/route.ts';
import { useTexts } from '../lib/texts.ts';
import type { RecordName } from '../lib/types.ts';

/** The place of a record. A quotation line is looked at through its delivery, which explains it. */
export const recordPlace = (tenant: string, { entity, side, id }: Ref): string =>
  to('t', tenant, 'record', entity, side, id);

/** A record by its name, with its kind and number, as a link to its page. */
export function RecordLink({ tenant, record, name }: { tenant: string; record: Ref; name: RecordName | undefined }) {
  const { maybe, t } = useTexts();
  const kind = maybe(`entity.${record.entity}`, record.entity);
  const text = name?.name ?? `${kind} ${name?.number ?? record.id}`;
  return (
    <span class="record-link">
      {record.entity === 'line' ? <span>{text}</span> : <a href={recordPlace(tenant, record)}>{text}</a>}
      <span class="quiet">
        {name?.name && `${kind} ${name.number ?? record.id} · `}
        {t(record.side)}
      </span>
    </span>
  );
}
