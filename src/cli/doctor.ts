import { constants } from 'node:fs';
import { access as canAccess, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { storeVersion } from '../store/version.ts';
import { type AccessOptions, findAccess } from './access.ts';
import { createApi } from './api.ts';
import { CliError } from './exit.ts';
import type { Io } from './io.ts';
import type { Who } from './views.ts';

export interface Finding {
  readonly level: 'ok' | 'warning' | 'fault';
  readonly what: string;
  readonly message: string;
  /** What to do; null: nothing. */
  readonly remedy: string | null;
}

/** Signed notifications of another time than ours are refused by more than this (Standard Webhooks). */
const REFUSED_SKEW_MS = 300_000;
const NOTED_SKEW_MS = 30_000;
const TIMEOUT_MS = 10_000;

const ok = (what: string, message: string): Finding => ({ level: 'ok', what, message, remedy: null });
const warning = (what: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  what,
  message,
  remedy,
});
const fault = (what: string, message: string, remedy: string): Finding => ({ level: 'fault', what, message, remedy });
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Looks at everything, changes nothing, raises nothing. */
export async function examine(io: Io, given: AccessOptions): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = readConfig(io.env);
  } catch (error) {
    const faults = error instanceof ConfigError ? error.faults : [wordsOf(error)];
    return [
      ...faults.map((one) => fault('configuration', one, 'Set it right: the service does not start with it.')),
      ...(await examineService(io, given)),
    ];
  }
  const [data, store, service, ...vendors] = await Promise.all([
    examineData(config),
    examineStore(config),
    examineService(io, given),
    examineVendor(io, 'Fortnox', config.fortnox.apiUrl),
    examineVendor(io, 'Fortnox login', config.fortnox.authUrl),
    examineVendor(io, 'webCRM', config.webcrm.apiUrl),
  ]);
  return [...examineConfig(config), ...data, store, ...service, ...vendors.flat()];
}

function examineConfig(config: Config): Finding[] {
  const what = 'configuration';
  const found = [ok(what, 'Every setting is valid.')];
  const { hostname, protocol } = new URL(config.publicUrl);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    found.push(
      warning(
        what,
        `The vendors cannot reach ${config.publicUrl}.`,
        'Set PUBLIC_URL to an address that they can; until then polls find changes.',
      ),
    );
  else if (protocol !== 'https:')
    found.push(
      warning(
        what,
        'PUBLIC_URL is not https.',
        'Put a TLS proxy in front: hooks carry an unguessable address that others must not read.',
      ),
    );
  if (config.fortnox.clientId === null)
    found.push(
      warning(
        what,
        'FORTNOX_CLIENT_ID and FORTNOX_CLIENT_SECRET are not set.',
        "Set both, from Fortnox's developer portal: without them no tenant can be connected.",
      ),
    );
  if (config.fortnox.streamUrl === null)
    found.push(
      warning(
        what,
        "Fortnox's stream is off, so its changes are found by polls.",
        'Leave FORTNOX_STREAM_URL and FORTNOX_API_URL unset to switch it on.',
      ),
    );
  return found;
}

/** The folder of the embedded store, and of what the service made for itself. */
async function examineData({ dataDir, mongodbUrl, adminToken, encryptionKey }: Config): Promise<Finding[]> {
  const what = 'data folder';
  if (mongodbUrl !== null) return [];
  const present = await stat(dataDir).catch(() => null);
  if (present === null)
    return [warning(what, `There is no ${dataDir} yet.`, 'It is made at the first start; is DATA_DIR what you mean?')];
  const writable = await canAccess(dataDir, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable) return [fault(what, `${dataDir} cannot be written.`, 'Give it to the user that runs the service.')];
  const found = [ok(what, `${dataDir} can be written.`)];
  for (const [name, configured] of [
    ['admin.token', adminToken],
    ['encryption.key', encryptionKey],
  ] as const) {
    const file = await stat(join(dataDir, name)).catch(() => null);
    if (configured === null && file !== null && (file.mode & 0o077) !== 0)
      found.push(fault(what, `Others may read ${join(dataDir, name)}.`, `chmod 600 ${join(dataDir, name)}`));
  }
  return found;
}

async function examineStore(config: Config): Promise<Finding> {
  const what = 'store';
  try {
    const { kind, place, stored, newest, inUse } = await storeVersion(config);
    const about = `${kind} ${place}`;
    if (stored === null)
      return warning(what, `${about} is empty.`, 'It is made at the first start; is it the store that you mean?');
    if (stored > newest)
      return fault(
        what,
        `${about} has version ${stored}; this release knows up to ${newest}.`,
        'Start the newer release, or restore the backup made before the upgrade.',
      );
    if (stored < newest)
      return warning(
        what,
        `${about} has version ${stored}; this release makes version ${newest} of it.`,
        'Back it up before the next start.',
      );
    return ok(what, `${about} has version ${stored}${inUse ? '; a service has it open' : ''}.`);
  } catch (error) {
    return fault(what, `It cannot be read: ${wordsOf(error)}`, 'Look at the disk, or at MONGODB_URL and its server.');
  }
}

async function examineService(io: Io, given: AccessOptions): Promise<Finding[]> {
  const what = 'service';
  try {
    const access = await findAccess(io, given);
    const ready = await ask(io, `${access.url}/health/ready`);
    if (typeof ready === 'string')
      return [warning(what, `Nothing answers at ${access.url}: ${ready}`, 'Start it, or name its address with --url.')];
    if (ready.status === 503)
      return [
        fault(what, `It runs at ${access.url} and cannot reach its store.`, 'See the line on the store, and its log.'),
      ];
    if (ready.status !== 200)
      return [
        fault(
          what,
          `${access.url}/health/ready was answered with ${ready.status}.`,
          'Is another program at this address?',
        ),
      ];
    const found = [ok(what, `It runs at ${access.url} and is ready.`)];
    if (access.token === null)
      return [...found, warning('token', 'No token was given.', 'Set WEBCRM_FORTNOX_TOKEN, or name --token-file.')];
    const api = createApi(access, { fetch: io.runtime.fetch, signal: io.signal });
    const me = await api.get<Who>('/me');
    return [...found, ok('token', `It is ${me.name}'s, with the role ${me.role}.`)];
  } catch (error) {
    return [
      fault(
        error instanceof CliError ? 'token' : what,
        wordsOf(error).split('\n')[0] ?? '',
        'Give another one, or set right what the line names.',
      ),
    ];
  }
}

/** Any answer will do: the vendor is reached, and its Date header tells the time. */
async function examineVendor(io: Io, vendor: string, url: string): Promise<Finding[]> {
  const before = io.runtime.now();
  const answer = await ask(io, url);
  if (typeof answer === 'string')
    return [
      fault(
        vendor,
        `${url} cannot be reached: ${answer}`,
        'Look at the network, the proxy and the name servers of this machine.',
      ),
    ];
  const found = [ok(vendor, `${url} answers.`)];
  const theirs = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return found;
  // The header has whole seconds, and was written at some moment between call and answer.
  const skew = Math.max(0, before - theirs - 1_000, theirs - io.runtime.now());
  const seconds = Math.round(skew / 1000);
  if (skew > REFUSED_SKEW_MS)
    found.push(
      fault(
        'clock',
        `This machine's clock is ${seconds} s away from ${vendor}'s: signed notifications are refused.`,
        'Let the machine keep time by NTP.',
      ),
    );
  else if (skew > NOTED_SKEW_MS)
    found.push(
      warning(
        'clock',
        `This machine's clock is ${seconds} s away from ${vendor}'s.`,
        'Let the machine keep time by NTP.',
      ),
    );
  else found.push(ok('clock', `It agrees with ${vendor}'s.`));
  return found;
}

/** The answer, or why there is none. */
async function ask(io: Io, url: string): Promise<Response | string> {
  try {
    return await io.runtime.fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : wordsOf(error);
    return `${cause}.`.replace(/\.\.$/, '.');
  }
}
