import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SCRIPT = fileURLToPath(new URL('../../scripts/check-deploy.mjs', import.meta.url));
const NONE = 'exit 1';

/** The step of CI, with these programs in place of the real ones. */
function check(folder: string, programs: Readonly<Record<string, string>>): Promise<{ code: number; text: string }> {
  mkdirSync(folder);
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, XDG_CACHE_HOME: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT], { env }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout }),
    );
  });
}

t.test('B8 the check of the containers: a fault fails it, a tool that cannot be had is skipped aloud', async (t) => {
  const folder = t.testdir();
  const absent = await check(join(folder, 'a'), {
    docker: NONE,
    'docker-compose': NONE,
    hadolint: NONE,
    python3: NONE,
  });
  t.equal(absent.code, 0);
  t.match(absent.text, /docker-compose\.yml: skipped, .*Python/);
  t.match(absent.text, /Dockerfile: skipped, .*Python/);
  t.match(absent.text, /^deploy: 0 passed, 0 failed, 2 skipped$/m);

  const careless = { docker: NONE, 'docker-compose': 'echo v2.99.0', hadolint: 'echo 9.9.9' };
  const accepted = await check(join(folder, 'b'), careless);
  t.equal(accepted.code, 1);
  t.match(accepted.text, /FAILED: it is refused without ADMIN_TOKEN/, 'what starts without a secret');
  t.match(accepted.text, /hadolint 9\.9\.9 finds nothing/);

  const found = await check(join(folder, 'c'), { ...careless, hadolint: 'echo 9.9.9; [ "$1" = --version ]' });
  t.match(found.text, /FAILED: hadolint 9\.9\.9/);
});
