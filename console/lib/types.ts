/** What the service answers with, taken from its own schemas: nothing is described twice. */
import type { Static } from 'typebox';
import type * as api from '../../schemas/api.ts';
import type * as activity from '../../schemas/api-activity.ts';
import type { ExplanationView } from '../../schemas/api-explain.ts';
import type * as imports from '../../schemas/api-imports.ts';
import type * as overview from '../../schemas/api-overview.ts';
import type * as reconcile from '../../schemas/api-reconcile.ts';
import type * as search from '../../schemas/api-search.ts';
import type * as session from '../../schemas/console-session.ts';

export type { Settings } from '../../schemas/settings.ts';
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
export type Side = 'webcrm' | 'fortnox';
export type Session = Static<typeof session.SessionView>;
export type Tenant = Static<typeof api.TenantView>;
export type ModeChange = Static<typeof api.ModeChangeView>;
export type Check = Static<typeof api.CheckView>;
export type CheckItem = Check['items'][number];
export type Job = Static<typeof api.JobView>;
export type Pair = Static<typeof api.PairView>;
export type ActivityLine = Static<typeof api.ActivityView>;
export type Budget = Static<typeof api.BudgetView>;
export type Status = Static<typeof activity.StatusView>;
export type Refused = Static<typeof activity.RefusedView>;
export type OverviewItem = Static<typeof overview.OverviewView>['items'][number];
export type History = Static<typeof overview.HistoryView>;
export type Found = Static<typeof search.SearchView>;
export type RecordName = Static<typeof search.NamesView>['items'][number];
export type ImportRun = Static<typeof imports.ImportView>;
export type ImportRecord = Static<typeof imports.ImportRecordView>;
export type Reconcile = Static<typeof reconcile.ReconcileView>;
export type Explanation = ExplanationView;
