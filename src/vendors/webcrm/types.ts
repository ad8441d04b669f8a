import type { Priority } from '../../../schemas/records.ts';

/** An organisation as webCRM gives it (webcrm.md 8.1). Placeholders, "" and year-0001 dates are left for sync/ to normalise. */
export interface WebcrmOrganisation {
  OrganisationId: number;
  OrganisationName?: string | null;
  OrganisationType?: string | null;
  OrganisationUpdatedAt?: string | null;
  OrganisationCreatedAt?: string | null;
  [field: string]: unknown;
}
export interface WebcrmHook {
  Id: number;
  TargetUrl: string;
  IsEnabled: boolean;
  EventType?: 'Create' | 'Update' | 'Delete';
  Filter: string[];
}
export interface WebcrmField {
  /** Friendly name, e.g. OrganisationType. */
  name: string;
  label: string;
  maxLength: number | null;
  values: string[];
}

export interface WebcrmClient {
  /** null on 404 or 204. */
  getOrganisation(id: string, priority: Priority): Promise<WebcrmOrganisation | null>;
  /** Sends OrganisationId 0. The answer may be an integer, an object or nothing: null then (webcrm.md 7). */
  createOrganisation(fields: Record<string, unknown>, priority: Priority): Promise<string | null>;
  /** Partial PUT: OrganisationId and the fields given, nothing else. "" clears. */
  updateOrganisation(id: string, fields: Record<string, unknown>, priority: Priority): Promise<void>;
  /** `/Queries` with the value escaped; all pages; filtered to exact matches (case-insensitive, trimmed) by the client as well. The field must match /^Organisation[A-Za-z0-9]+$/. */
  findOrganisations(field: string, value: string, priority: Priority): Promise<WebcrmOrganisation[]>;
  /** All pages of FindByUpdateDates (from <= updated < to), or of every organisation when from is null. serverDate as Fortnox's. */
  listOrganisations(
    from: number | null,
    to: number,
    priority: Priority,
    onPage: (rows: WebcrmOrganisation[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
  organisationFields(priority: Priority): Promise<WebcrmField[]>;
  listHooks(priority: Priority): Promise<WebcrmHook[]>;
  createHook(event: 'Create' | 'Update' | 'Delete', targetUrl: string, priority: Priority): Promise<string>;
  deleteHook(id: string, priority: Priority): Promise<void>;
}
