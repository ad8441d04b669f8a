import Database from 'libsql';
import { SyncError } from '../../errors/sync-error.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';

export type Param = string | number | null;
export type Row = Record<string, Param>;

/** A connection with every statement prepared once. Text goes in and comes out unchanged, whatever it holds. */
export interface Db {
  get(sql: string, ...params: Param[]): Row | undefined;
  all(sql: string, ...params: Param[]): Row[];
  /** Gives the number of rows changed. */
  run(sql: string, ...params: Param[]): number;
  exec(sql: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

// libsql cuts text at a NUL when it reads and stores a lone surrogate as U+FFFD, so that two keys would become one.
const toParam = (value: Param): Param => (typeof value === 'string' ? toStoredText(value) : value);
const fromParam = (value: Param): Param => (typeof value === 'string' ? fromStoredText(value) : value);

/** Opens a file, or `:memory:`, without any setting. Raises `store-failed`. */
export function openDb(path: string): Db {
  const raw = open(path);
  const statements = new Map<string, Database.Statement>();
  const prepare = (sql: string): Database.Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const made = raw.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  // libsql does not reset a statement whose `get` failed: it would fail with the same error for ever.
  const using = <T>(sql: string, work: (statement: Database.Statement) => T): T => {
    try {
      return work(prepare(sql));
    } catch (error) {
      statements.delete(sql);
      throw error;
    }
  };
  const bind = (params: Param[]) => params.map(toParam);
  const clean = (row: unknown): Row =>
    Object.fromEntries(Object.entries(row as Row).map(([name, value]) => [name, fromParam(value)]));
  return {
    get(sql, ...params) {
      const row = using(sql, (statement) => statement.get(...bind(params)));
      return row === undefined ? undefined : clean(row);
    },
    all: (sql, ...params) => using(sql, (statement) => statement.all(...bind(params))).map(clean),
    run: (sql, ...params) => using(sql, (statement) => statement.run(...bind(params)).changes),
    exec(sql) {
      raw.exec(sql);
    },
    get inTransaction() {
      return raw.inTransaction;
    },
    close() {
      statements.clear();
      raw.close();
    },
  };
}

function open(path: string): Database.Database {
  try {
    return new Database(path);
  } catch (cause) {
    throw new SyncError('store-failed', `The store ${path} could not be opened: ${String(cause)}`, { cause });
  }
}
