const FIELD = /^Organisation[A-Za-z0-9]+$/;

/**
 * The `/Queries` script that finds organisations whose field has this value. A single quote is escaped by doubling it
 * (webcrm.md 5.1). Raises a plain Error for a field name that is none: a mistake of the caller's, never a user's text.
 */
export function organisationsWhere(field: string, value: string): string {
  if (!FIELD.test(field)) throw new Error(`"${field}" is not the name of an organisation's field.`);
  return `SELECT * FROM Organisation WHERE ${field} = '${value.replaceAll("'", "''")}'`;
}
