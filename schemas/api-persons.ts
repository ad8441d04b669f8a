/** What is kept about a person, and its erasure (R77). */
import { Type } from 'typebox';
import { ActivityView, JobView, PairView, TenantParams } from './api.ts';
import { recordId } from './record-id.ts';

const side = Type.Enum(['webcrm', 'fortnox'], { description: 'Whose record names the person' });
const entity = Type.String();

export const PersonParams = Type.Object({
  ...TenantParams.properties,
  side,
  id: recordId('OrganisationId in webCRM, or CustomerNumber in Fortnox'),
});
export const PersonExport = Type.Object({
  exportedAt: Type.Integer(),
  records: Type.Array(Type.Object({ entity, side, id: Type.String() }), {
    description: "The person's own records, and those of its deliveries and documents",
  }),
  pairs: Type.Array(PairView, { description: 'Both images of each record, with the rows of deliveries' }),
  jobs: Type.Array(JobView),
  activity: Type.Array(ActivityView, { description: 'Newest first' }),
  refusals: Type.Array(Type.Object({ entity, side, id: Type.String(), reason: Type.String(), at: Type.Integer() }), {
    description: 'Why a record has no pair',
  }),
  listed: Type.Array(Type.Record(Type.String(), Type.Unknown()), { description: 'What imports listed' }),
  trials: Type.Array(
    Type.Object({ kind: Type.String(), id: Type.String(), held: Type.Record(Type.String(), Type.Unknown()) }),
    { description: "What webCRM's records held before an update whose end is not known" },
  ),
});
export const PersonErased = Type.Object({
  pairs: Type.Integer(),
  jobs: Type.Integer(),
  activity: Type.Integer({ description: 'Lines of the log' }),
  refusals: Type.Integer(),
  listed: Type.Integer(),
});
