import { SyncError } from '../../errors/sync-error.ts';
import type { Db } from './db.ts';

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Each step once, in order; a step that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE tenants (
  id TEXT PRIMARY KEY, hook_token TEXT NOT NULL, fortnox_database TEXT, version INTEGER NOT NULL,
  created_at INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX tenants_hook_token ON tenants (hook_token);
CREATE UNIQUE INDEX tenants_fortnox_database ON tenants (fortnox_database) WHERE fortnox_database IS NOT NULL;
CREATE INDEX tenants_page ON tenants (created_at, id);

CREATE TABLE secrets (
  tenant TEXT NOT NULL, name TEXT NOT NULL, sealed TEXT NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE pairs (
  tenant TEXT NOT NULL, id TEXT NOT NULL, entity TEXT NOT NULL, webcrm_id TEXT, fortnox_id TEXT,
  state TEXT NOT NULL, intent_key TEXT, version INTEGER NOT NULL, updated_at INTEGER NOT NULL, doc TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;
CREATE UNIQUE INDEX pairs_webcrm ON pairs (tenant, entity, webcrm_id) WHERE webcrm_id IS NOT NULL;
CREATE UNIQUE INDEX pairs_fortnox ON pairs (tenant, entity, fortnox_id) WHERE fortnox_id IS NOT NULL;
CREATE INDEX pairs_intent ON pairs (tenant, intent_key) WHERE intent_key IS NOT NULL;
CREATE INDEX pairs_page ON pairs (tenant, updated_at, id);
CREATE INDEX pairs_state ON pairs (tenant, state, updated_at, id);

CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, key TEXT NOT NULL, entity TEXT NOT NULL,
  side TEXT NOT NULL, id TEXT NOT NULL, priority INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  run_at INTEGER NOT NULL, created_at INTEGER NOT NULL, import_id TEXT, again INTEGER NOT NULL,
  lease_owner TEXT, lease_until INTEGER, last_error TEXT
) STRICT;
CREATE UNIQUE INDEX jobs_key ON jobs (tenant, key);
CREATE INDEX jobs_waiting ON jobs (tenant, priority, run_at, created_at, seq) WHERE state = 'waiting';
CREATE INDEX jobs_running ON jobs (tenant, lease_until) WHERE state = 'running';
CREATE INDEX jobs_owner ON jobs (lease_owner) WHERE state = 'running';
CREATE INDEX jobs_import ON jobs (tenant, import_id, state) WHERE import_id IS NOT NULL;
CREATE INDEX jobs_page ON jobs (tenant, created_at, seq);
CREATE INDEX jobs_state ON jobs (tenant, state, created_at, seq);

CREATE TABLE cursors (
  tenant TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
  webcrm_id TEXT, fortnox_id TEXT, action TEXT NOT NULL, expires_at INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX activity_id ON activity (tenant, id);
CREATE INDEX activity_page ON activity (tenant, at, seq);
CREATE INDEX activity_webcrm ON activity (tenant, webcrm_id, at, seq) WHERE webcrm_id IS NOT NULL;
CREATE INDEX activity_fortnox ON activity (tenant, fortnox_id, at, seq) WHERE fortnox_id IS NOT NULL;
CREATE INDEX activity_action ON activity (tenant, action, at, seq);
CREATE INDEX activity_expires ON activity (expires_at);

CREATE TABLE decisions (
  tenant TEXT NOT NULL, entity TEXT NOT NULL, side TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (tenant, entity, side, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
  tenant TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
  tenant TEXT NOT NULL, id TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_expires ON seen (expires_at);

CREATE TABLE ping (id INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
`,
  },
  {
    // Articles and deliveries. The default is what every older row is: a customer.
    version: 2,
    sql: `
ALTER TABLE pairs ADD COLUMN fortnox_kind TEXT NOT NULL DEFAULT 'customer';
ALTER TABLE pairs ADD COLUMN invoice_ref TEXT;
ALTER TABLE pairs ADD COLUMN customer_number TEXT;
DROP INDEX pairs_fortnox;
CREATE UNIQUE INDEX pairs_fortnox ON pairs (tenant, fortnox_kind, fortnox_id) WHERE fortnox_id IS NOT NULL;
CREATE INDEX pairs_invoice ON pairs (tenant, invoice_ref, updated_at, id)
  WHERE fortnox_kind = 'order' AND invoice_ref IS NOT NULL;
CREATE INDEX pairs_open_orders ON pairs (tenant, customer_number, updated_at, id)
  WHERE fortnox_kind = 'order' AND invoice_ref IS NULL;
CREATE INDEX pairs_entity ON pairs (tenant, entity, updated_at, id);
CREATE INDEX pairs_entity_state ON pairs (tenant, entity, state, updated_at, id);

CREATE TABLE pair_lines (
  tenant TEXT NOT NULL, line_id TEXT NOT NULL, pair_id TEXT NOT NULL, PRIMARY KEY (tenant, line_id, pair_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pair_lines_pair ON pair_lines (tenant, pair_id);

ALTER TABLE decisions ADD COLUMN waits_for TEXT;
CREATE INDEX decisions_waiting ON decisions (tenant, waits_for, entity, side, id) WHERE waits_for IS NOT NULL;
`,
  },
  {
    // Imports with a dry run, reconcile, and the questions an administrator asks.
    version: 3,
    sql: `
ALTER TABLE jobs ADD COLUMN full INTEGER NOT NULL DEFAULT 0;

ALTER TABLE pairs ADD COLUMN reason TEXT;
UPDATE pairs SET reason = json_extract(doc, '$.reason');
CREATE INDEX pairs_reason ON pairs (tenant, reason, updated_at, id) WHERE reason IS NOT NULL;
CREATE INDEX pairs_walk ON pairs (tenant, entity, id);

ALTER TABLE activity ADD COLUMN entity TEXT NOT NULL DEFAULT 'customer';
ALTER TABLE activity ADD COLUMN pair_id TEXT;
UPDATE activity SET entity = json_extract(doc, '$.entity'), pair_id = json_extract(doc, '$.pairId');
CREATE INDEX activity_entity ON activity (tenant, entity, at, seq);
CREATE INDEX activity_pair ON activity (tenant, pair_id, at, seq) WHERE pair_id IS NOT NULL;
CREATE TABLE activity_reasons (
  tenant TEXT NOT NULL, reason TEXT NOT NULL, line_at INTEGER NOT NULL, line_seq INTEGER NOT NULL,
  PRIMARY KEY (tenant, reason, line_at, line_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_reasons_line ON activity_reasons (line_seq);
INSERT INTO activity_reasons (tenant, reason, line_at, line_seq)
  SELECT DISTINCT activity.tenant, reasons.value, activity.at, activity.seq
  FROM activity, json_each(activity.doc, '$.reasons') AS reasons;

CREATE INDEX decisions_page ON decisions (tenant, at, entity, side, id);
CREATE INDEX decisions_reason ON decisions (tenant, reason, at, entity, side, id);

ALTER TABLE imports ADD COLUMN started_at INTEGER NOT NULL DEFAULT 0;
UPDATE imports SET started_at = json_extract(doc, '$.startedAt');
CREATE INDEX imports_page ON imports (tenant, started_at, id);

CREATE TABLE listed (
  tenant TEXT NOT NULL, import_id TEXT NOT NULL, kind TEXT NOT NULL, side TEXT NOT NULL, id TEXT NOT NULL,
  lower_number TEXT, lower_organisation_number TEXT, lower_name TEXT, outcome TEXT, stale INTEGER NOT NULL,
  doc TEXT NOT NULL, PRIMARY KEY (tenant, import_id, kind, side, id)
) STRICT;
CREATE INDEX listed_number ON listed (tenant, import_id, kind, side, lower_number, id)
  WHERE lower_number IS NOT NULL;
CREATE INDEX listed_organisation_number ON listed (tenant, import_id, kind, side, lower_organisation_number, id)
  WHERE lower_organisation_number IS NOT NULL;
CREATE INDEX listed_name ON listed (tenant, import_id, kind, side, lower_name, id) WHERE lower_name IS NOT NULL;
CREATE INDEX listed_outcome ON listed (tenant, import_id, outcome, kind, side, id) WHERE outcome IS NOT NULL;
CREATE INDEX listed_record ON listed (tenant, kind, side, id);

CREATE TABLE states (
  tenant TEXT NOT NULL, name TEXT NOT NULL, doc TEXT NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
`,
  },
  {
    // What instances share: heartbeats, who owns which tenants, slots of budgets; and what they tell each other.
    version: 4,
    sql: `
CREATE TABLE fenced (
  kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL, updated_at INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fenced_age ON fenced (kind, updated_at);

CREATE TABLE mail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mail_key ON mail (recipient, name);
CREATE INDEX mail_expires ON mail (expires_at);
`,
  },
  {
    // Alerts and whom they are told.
    version: 5,
    sql: `
CREATE TABLE alerts (
  tenant TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, raised_at INTEGER NOT NULL, due_at INTEGER,
  version INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (tenant, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_page ON alerts (raised_at, tenant, kind);
CREATE INDEX alerts_state ON alerts (state, raised_at, tenant, kind);
CREATE INDEX alerts_tenant ON alerts (tenant, raised_at, kind);
CREATE INDEX alerts_due ON alerts (due_at, tenant, kind) WHERE due_at IS NOT NULL;

CREATE TABLE alert_targets (
  id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_targets_page ON alert_targets (created_at, id);
`,
  },
  {
    // Who may use the API, answers kept for a repeated create, and persons who were erased.
    version: 6,
    sql: `
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER, doc TEXT NOT NULL
) STRICT;
CREATE INDEX tokens_page ON tokens (created_at, id);

CREATE TABLE answers (
  scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, sealed TEXT, expires_at INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_expires ON answers (expires_at);

CREATE TABLE tombstones (
  tenant TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;
`,
  },
];

/**
 * Brings the file to the newest version in one transaction. Raises `store-failed` when a newer release wrote it:
 * this release would read it wrongly.
 */
export function migrate(db: Db, migrations: readonly Migration[]): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec('CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY) STRICT');
    const stored = Number(db.get('SELECT coalesce(max(version), 0) AS version FROM schema_versions')?.version);
    const newest = Math.max(0, ...migrations.map((step) => step.version));
    if (stored > newest)
      throw new SyncError(
        'store-failed',
        `The store file has version ${stored}, and this release knows up to ${newest}: start the newer release, or restore the backup made before the upgrade`,
      );
    for (const step of migrations) {
      if (step.version <= stored) continue;
      db.exec(step.sql);
      db.run('INSERT INTO schema_versions (version) VALUES (?)', step.version);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
