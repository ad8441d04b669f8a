import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SCRIPT = fileURLToPath(new URL('../../scripts/audit.mjs', import.meta.url));

/** The step of CI, with an npm that prints this. */
function audit(folder: string, printed: string): Promise<{ code: number; text: string }> {
  const npm = join(folder, 'npm');
  writeFileSync(join(folder, 'printed'), printed);
  writeFileSync(npm, `#!/bin/sh\ncat "$(dirname "$0")/printed"\n`);
  chmodSync(npm, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT], { env }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout }),
    );
  });
}

const report = (vulnerabilities: object) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { vulnerabilities: {}, dependencies: { prod: 90 } },
  });

t.test(
  'B8 the audit of dependencies: a weakness stops the release, a registry that does not tell is said aloud',
  async (t) => {
    const folder = t.testdir();
    const weak = { name: 'leftpad', range: '<1.3.1' };
    t.match(await audit(folder, report({})), { code: 0, text: /^audit: 90 packages of the service, 0 with/ });
    t.match(await audit(folder, report({ leftpad: { ...weak, severity: 'high' } })), {
      code: 1,
      text: /^high: leftpad <1\.3\.1\n.*1 stop a release/,
    });
    t.match(await audit(folder, report({ leftpad: { ...weak, severity: 'low' } })), { code: 0, text: /low: leftpad/ });
    for (const printed of ['', 'no json', '{"message":"405 Method Not Allowed"}', '{"error":{"summary":"offline"}}'])
      t.match(await audit(folder, printed), { code: 0, text: /^AUDIT NOT MADE/ });
  },
);
