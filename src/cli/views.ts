/** What the service answers with, taken from its own schemas: nothing is described twice. */
import type { Static } from 'typebox';
import type * as api from '../../schemas/api.ts';
import type * as access from '../../schemas/api-access.ts';
import type * as activity from '../../schemas/api-activity.ts';
import type * as imports from '../../schemas/api-imports.ts';
import type * as signIn from '../../schemas/api-sign-in.ts';

export type Tenant = Static<typeof api.TenantView>;
export type RemovedTenant = Static<typeof api.RemovedTenant>;
export type CreatedTenant = Static<typeof api.CreatedTenant>;
export type Status = Static<typeof activity.StatusView>;
export type Check = Static<typeof api.CheckView>;
export type Connected = Static<typeof api.ConnectedView>;
export type CredentialNames = Static<typeof api.CredentialNames>;
export type SignIn = Static<typeof signIn.SignInView>;
export type ActivityLine = Static<typeof api.ActivityView>;
export type Job = Static<typeof api.JobView>;
export type Retried = Static<typeof api.Retried>;
export type ImportRun = Static<typeof imports.ImportView>;
export type Token = Static<typeof access.TokenView>;
export type MadeToken = Static<typeof access.MadeTokenView>;
export type Who = Static<typeof access.WhoView>;
export type Problem = Static<typeof api.Problem>;
