import { get, ofTenant } from './api.ts';
import { type Loaded, useLoad } from './load.ts';

/** A field of webCRM as its own metadata tells of it. */
export interface VendorField {
  readonly name: string;
  readonly label: string;
  readonly maxLength: number | null;
  readonly values: readonly string[];
}
/** A DataN of quotation lines and register. */
export interface LineField {
  readonly n: number;
  readonly name: string;
  readonly label: string | null;
  /** Some of what lines hold in it. */
  readonly values: readonly string[];
}
export interface VendorFields {
  readonly types: readonly string[];
  readonly organisation: readonly VendorField[];
  readonly delivery: readonly VendorField[];
  readonly lines: readonly LineField[];
  /** For what the settings do not name yet: the field whose label gives it away, by use. */
  readonly suggested: {
    readonly customFields: Readonly<Record<string, string>>;
    readonly documents: { readonly fields: Readonly<Record<string, string>> };
  };
}

export const useFields = (tenant: string): Loaded<VendorFields> =>
  useLoad(`fields ${tenant}`, (signal) => get<VendorFields>(ofTenant(tenant, '/fields'), signal));
