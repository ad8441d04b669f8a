// Known weaknesses of what the service depends on, as the registry tells them. A registry that does not answer is said aloud and fails
// nothing: a check that was not made is neither passed nor failed. Ends with 1 for a weakness of the severity `high` or worse.
import { spawnSync } from 'node:child_process';

/** Severities that stop a release; the others are told. */
const STOPPING = ['high', 'critical'];

/** What `npm audit --json` printed, in plain words, and the exit code. */
function verdictOf(printed) {
  let report;
  try {
    report = JSON.parse(printed);
  } catch {
    report = null;
  }
  if (report?.auditReportVersion === undefined || report.metadata?.vulnerabilities === undefined) {
    const why = report?.message ?? report?.error?.summary ?? 'no report came';
    return {
      code: 0,
      text: `AUDIT NOT MADE: the registry does not tell (${String(why).split('\n')[0]}). Run npm run audit where it does.`,
    };
  }
  const found = Object.values(report.vulnerabilities ?? {});
  const stopping = found.filter(({ severity }) => STOPPING.includes(severity));
  const lines = found.map(({ name, severity, range }) => `${severity}: ${name} ${range}`);
  const count = report.metadata.dependencies?.prod ?? 'all';
  return {
    code: stopping.length === 0 ? 0 : 1,
    text: [
      ...lines,
      `audit: ${count} packages of the service, ${found.length} with a known weakness, ${stopping.length} stop a release`,
    ].join('\n'),
  };
}

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 120_000 });
const { code, text } = verdictOf(stdout ?? '');
console.log(text);
process.exitCode = code;
