import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { tenantOf } from '../store/fixtures.ts';
import { customer, openWorld } from '../support/world.ts';
import { approve, cliOf } from './io.ts';

async function open(t: { teardown(fn: () => Promise<void>): void }) {
  const world = await openWorld();
  t.teardown(() => world.close());
  return { world, cli: cliOf(world) };
}

t.test(
  'the command: help, wrong words, no token, a wrong one, no service, and where address and token come from',
  async (t) => {
    const { world, cli } = await open(t);
    const help = await cli(['--help']);
    t.equal(help.exit, 0);
    for (const name of [
      'tenants',
      'connect',
      'check',
      'import',
      'failed',
      'retry',
      'explain',
      'tokens',
      'store',
      'doctor',
    ])
      t.match(help.out, new RegExp(`\\b${name}\\b`), `${name} is in the help`);
    t.match(help.out, /Exit codes: 0 done/);
    for (const args of [
      ['nonsense'],
      ['check'],
      ['tenants', 'create'],
      ['import', 'Test', '--direction', 'up'],
      ['--url', 'nonsense', 'tenants'],
    ])
      t.equal((await cli(args)).exit, 2, args.join(' '));
    t.match(await cli(['tenants'], { env: { WEBCRM_FORTNOX_TOKEN: undefined } }), { exit: 3, err: /No token/ });
    t.match(await cli(['tenants'], { env: { WEBCRM_FORTNOX_TOKEN: 'wrong-token-0123456789abcdef' } }), {
      exit: 3,
      err: /Bearer|token/,
    });
    t.match(await cli(['--url', 'https://nobody.invalid', 'tenants']), {
      exit: 4,
      err: /No service answers at https:\/\/nobody\.invalid \(connect ECONNREFUSED\)/,
    });

    const none = { WEBCRM_FORTNOX_TOKEN: undefined, WEBCRM_FORTNOX_URL: undefined };
    const kept = JSON.stringify({ url: 'https://sync.invalid', token: world.adminToken });
    const home = '/nowhere/.config/webcrm-fortnox.json';
    t.equal((await cli(['tenants'], { env: none, files: { [home]: { text: kept, mode: 0o100600 } } })).exit, 0);
    t.match(await cli(['tenants'], { env: none, files: { [home]: { text: kept, mode: 0o100644 } } }), {
      exit: 2,
      err: /chmod 600/,
    });
    t.equal((await cli(['--token-file', '/t', 'tenants'], { env: none })).exit, 2);
    const tokenFile = { '/t': { text: `${world.adminToken}\n`, mode: 0o100600 } };
    t.equal(
      (await cli(['--token-file', '/t', 'tenants'], { env: { WEBCRM_FORTNOX_TOKEN: 'x' }, files: tokenFile })).exit,
      0,
    );
    t.match(await cli(['--token-file', '/u', 'tenants']), { exit: 2, err: /no token in \/u/ });
    t.equal(
      (
        await cli(['tenants'], {
          env: { WEBCRM_FORTNOX_TOKEN: undefined, ADMIN_TOKEN: `${world.adminToken},${'o'.repeat(24)}` },
        })
      ).exit,
      0,
    );
  },
);

t.test(
  'tenants: listed, shown, made, paused, resumed; an unknown one is refused with those that there are',
  async (t) => {
    const { world, cli } = await open(t);
    t.match(await cli(['tenants']), {
      exit: 0,
      out: new RegExp(`ID +NAME +STATE\n${world.tenantId} +Test +connected\n`),
    });
    t.match((await cli(['--json', 'tenants', 'list'])).json(), [
      { id: world.tenantId, name: 'Test', state: 'connected' },
    ]);
    t.match(await cli(['tenants', 'show', 'test']), { exit: 0, out: /needs a person +0\n[\s\S]*late by +0 s/ });
    t.match(await cli(['tenants', 'show', 'nobody']), { exit: 5, err: /There is no tenant nobody\. There are: Test/ });
    t.match(await cli(['tenants', 'create', 'Andra AB']), {
      exit: 0,
      out: /Made Andra AB: [0-9a-f]{32}\n[\s\S]*whsec_/,
    });
    t.match(await cli(['tenants', 'pause', 'Andra AB']), {
      exit: 5,
      err: /not connected yet[\s\S]*\(conflict, request [0-9a-f]+\)/,
    });
    t.match(await cli(['--json', 'tenants', 'pause', 'Andra AB']), {
      exit: 5,
      err: /^\{"error":\{.*"code":"conflict"/,
    });
    t.match(await cli(['tenants', 'pause', 'Test']), { exit: 0, out: 'Test: paused (by-hand)\n' });
    t.match(await cli(['tenants', 'resume', world.tenantId]), { exit: 0, out: 'Test: connected\n' });
    t.match(await cli(['tenants', 'pause', 'Test', '--entity', 'customer', '--to', 'fortnox']), {
      exit: 0,
      out: 'Test: connected, paused: customer to fortnox\n',
    });
    t.match(await cli(['tenants', 'show', 'Test']), { out: /paused: customer to fortnox +0 wait\n/ });
    t.match(await cli(['tenants', 'resume', 'Test', '--to', 'fortnox']), { exit: 0, out: 'Test: connected\n' });
    t.match(await cli(['tenants', 'pause', 'Test', '--entity', 'article', '--to', 'fortnox']), {
      exit: 5,
      err: /articles are never written to Fortnox/,
    });
    t.equal((await cli(['tenants', 'pause', 'Test', '--to', 'nowhere'])).exit, 2);
    await cli(['tenants', 'create', 'Andra AB']);
    t.match(await cli(['check', 'Andra AB']), { exit: 5, err: /2 tenants are named Andra AB/ });
  },
);

t.test('S2 tenants remove: its name is asked for, or given; another one is refused', async (t) => {
  const { world, cli } = await open(t);
  await cli(['tenants', 'create', 'Andra AB']);
  const wrong = await cli(['tenants', 'remove', 'test'], { answers: ['Tset'] });
  t.match(wrong, { exit: 5, err: /Type the name of Test [^\n]*not the name of the tenant[\s\S]*\(conflict, / });
  t.match(await cli(['tenants', 'remove', 'Test'], { answers: ['Test'] }), {
    exit: 0,
    out: 'Removed Test, and 9 hooks at webCRM.\n',
  });
  t.match((await cli(['--json', 'tenants', 'remove', 'Andra AB', '--name', 'Andra AB', '--force'])).json(), {
    name: 'Andra AB',
    hooksLeft: [],
  });
  t.match(await cli(['tenants', 'remove', world.tenantId, '--name', 'Test']), { exit: 5, err: /There is no tenant/ });
});

t.test(
  'B7 connect: by the page of Fortnox, by secrets of standard input, never by arguments; a fault of the check ends with 1',
  async (t) => {
    const { world, cli } = await open(t);
    const approved: number[] = [];
    const byPage = await cli(['connect', 'Test'], {
      answers: [world.webcrm.applicationToken],
      onErr(text) {
        const url = /https:\/\/fortnox\.invalid\S+/.exec(text)?.[0];
        if (url !== undefined)
          world.runtime.setTimer(5_000, () => void approve(world, url).then((code) => approved.push(code)));
      },
    });
    t.equal(byPage.exit, 0, byPage.err);
    t.strictSame(approved, [200]);
    t.match(byPage.err, /Open this address[\s\S]*Fortnox is approved\./);
    t.match(byPage.out, /ok +Fortnox accepts[\s\S]*Test is connected\.\n$/);
    t.notOk((byPage.err + byPage.out).includes(world.webcrm.applicationToken));

    const late = await cli(['connect', 'Test', '--webcrm', 'keep'], { aheadMs: 3_600_000 });
    t.match(late, { exit: 5, err: /Nobody approved in time/ });
    const refresh = world.fortnox.issueRefreshToken();
    const secrets = await cli(['--json', 'connect', 'Test', '--fortnox', 'refresh-token', '--stdin'], {
      input: `${world.webcrm.applicationToken}\n${refresh}\n`,
    });
    t.equal(secrets.exit, 0, secrets.err);
    t.match(secrets.json(), { connected: true, check: { ok: true } });
    t.match(
      await cli(['connect', 'Test', '--fortnox', 'refresh-token', '--stdin'], { input: 'one\n' }),
      { exit: 5 },
      'webCRM refuses it',
    );
    t.match(await cli(['connect', 'Test', '--webcrm', 'keep', '--fortnox', 'refresh-token', '--stdin']), {
      exit: 2,
      err: /no line for: Fortnox refresh token/,
    });
    t.match(
      await cli(['connect', 'Test', '--webcrm', 'keep', '--fortnox', 'refresh-token'], { answers: ['used-up'] }),
      { exit: 5, err: /no longer accepts/ },
    );
    t.match(await cli(['connect', 'Test', '--fortnox', 'code']), { exit: 2, err: /--redirect-uri/ });
    t.match(await cli(['connect', 'Test', '--fortnox', 'client-credentials']), { exit: 2, err: /--fortnox-tenant/ });
    await cli(['tenants', 'create', 'Tom AB']);
    t.match(await cli(['connect', 'Tom AB', '--webcrm', 'keep', '--fortnox', 'keep']), {
      exit: 1,
      out: /FAULT +No webCRM application token[\s\S]*Not connected/,
    });
    t.same(world.violations(), []);
  },
);

t.test('S3 B3 B4 check, import with progress, failed, retry, explain', async (t) => {
  const { world, cli } = await open(t);
  t.match(await cli(['check', 'Test']), { exit: 0, out: /ok +webCRM/ });
  await cli(['tenants', 'create', 'Tom AB']);
  t.match(await cli(['check', 'Tom AB']), {
    exit: 1,
    out: /FAULT +Fortnox is not connected\.\n +Let the company approve/,
  });

  world.listen(false);
  for (let n = 0; n < 12; n += 1)
    world.webcrm.person.createOrganisation({ OrganisationName: `Kund ${n}`, OrganisationType: 'Customer' });
  world.listen(true);
  const dry = await cli(['--json', 'import', 'Test', '--kinds', 'customer', '--dry-run', '--watch']);
  t.equal(dry.exit, 0, dry.err);
  const { id } = dry.json() as { id: string };
  t.match(dry.json(), { state: 'ready', counts: { 'create-in-fortnox': 12 } });
  const watched = await cli(['import', 'Test', '--start', id, '--watch'], { isTerminal: true });
  t.equal(watched.exit, 0, watched.err);
  t.match(watched.err, /\[2K\[#*\.*\] running: \d+ of \d+ records/);
  t.match(watched.out, /: done, \d+ records/);
  t.match(
    await cli(['import', 'Test', '--kinds', 'customer', '--watch']),
    { exit: 0, err: /^[^\r]*\[#{24}\] done: / },
    'plain lines where there is no terminal',
  );
  t.match(await cli(['import', 'Test', '--kinds', 'nothing']), { exit: 2, err: /nothing is no kind/ });
  t.match(await cli(['import', 'Test', '--start', id]), { exit: 5 }, 'it was started already');
  t.equal((await cli(['import', 'Test', '--start', id, '--stop', id])).exit, 2);
  t.match(await cli(['import', 'Test', '--show', id]), { exit: 0, out: /done/ });
  const left = new AbortController();
  left.abort();
  t.equal((await cli(['import', 'Test', '--show', id, '--watch'], { signal: left.signal })).exit, 130);

  t.match(await cli(['failed', 'Test']), { exit: 0, out: 'Nothing has failed at Test.\n' });
  const { organisation } = await customer(world);
  const refusal = { ErrorInformation: { error: 1, message: 'Namnet är ogiltigt', code: 2000588 } };
  world.fortnox.failNext({ method: 'PUT', status: 400, times: 1, body: JSON.stringify(refusal) });
  world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-1' });
  await world.quiet();
  const key = `customer:webcrm:${organisation}`;
  t.match(await cli(['failed', 'Test']), {
    exit: 1,
    out: new RegExp(`${key} +1 .* vendor-refused +.*Namnet är ogiltigt`),
  });
  t.equal(((await cli(['--json', 'failed', 'Test'])).json() as unknown[]).length, 1);
  t.match(await cli(['retry', 'Test']), { exit: 2, err: /--all/ });
  t.match(await cli(['retry', 'Test', 'customer:webcrm:none']), { exit: 1, out: /^0 records/, err: /1 of the keys/ });
  t.match(await cli(['retry', 'Test', key]), { exit: 0, out: '1 record is tried again.\n' });
  await world.quiet();
  t.match(await cli(['retry', 'Test', '--all']), { exit: 0, out: '0 records are tried again.\n' });
  t.equal((await cli(['failed', 'Test'])).exit, 0);

  const lead = world.webcrm.person.createOrganisation({ OrganisationName: 'Lead AB', OrganisationType: 'Supplier' });
  await world.quiet();
  t.match(await cli(['explain', 'Test', 'customer', 'webcrm', String(lead)]), {
    exit: 0,
    out: /Lead AB\n[\s\S]*NO +R10[\s\S]*would: nothing[\s\S]*Next: /,
  });
  t.match((await cli(['--json', 'explain', 'Test', 'customer', 'webcrm', String(lead)])).json(), {
    would: { action: 'nothing' },
  });
  t.equal((await cli(['explain', 'Test', 'customer', 'nowhere', '1'])).exit, 2);
});

t.test('B8 tokens: made with a role, used, rotated, revoked; a lesser one is refused', async (t) => {
  const { world, cli } = await open(t);
  const made = (
    await cli(['--json', 'tokens', 'create', 'Nightly script', '--role', 'read', '--tenant', 'Test', '--days', '30'])
  ).json() as {
    token: { id: string; tenants: string[]; expiresAt: number };
    secret: string;
  };
  t.match(made.token, {
    role: 'read',
    tenants: [world.tenantId],
    expiresAt: world.runtime.now() + 30 * 86_400_000,
  } as object);
  const as = { env: { WEBCRM_FORTNOX_TOKEN: made.secret } };
  t.equal((await cli(['tenants'], as)).exit, 0);
  t.equal((await cli(['tenants', 'pause', 'Test'], as)).exit, 3, 'it may only read');
  t.equal((await cli(['tokens'], as)).exit, 3);
  t.match(await cli(['tokens', 'list']), { exit: 0, out: /Nightly script +read +valid +1 / });
  t.notOk((await cli(['tokens'])).out.includes(made.secret));
  t.match(await cli(['tokens', 'rotate', made.token.id]), { exit: 0, out: /Shown this once: / });
  t.match(await cli(['tokens', 'revoke', made.token.id]), { exit: 0, out: `Revoked: ${made.token.id}\n` });
  t.equal((await cli(['tenants'], as)).exit, 3);
  t.equal((await cli(['tokens', 'revoke', 'none'])).exit, 5);
  t.equal((await cli(['tokens', 'create', 'x'])).exit, 2, 'a role is chosen, not assumed');
  t.equal((await cli(['tokens', 'create', 'x', '--role', 'read', '--days', '0'])).exit, 2);
});

t.test('B1 store copy: complete and equal, and refused where something is', async (t) => {
  const { cli } = await open(t);
  const dir = t.testdir();
  const [from, to] = [join(dir, 'a.db'), join(dir, 'b.db')];
  const store = createInlineStore(from);
  await store.tenants.insert(tenantOf('t1'));
  await store.close();
  t.match(await cli(['store', 'copy', '--from', from, '--to', to]), {
    exit: 0,
    out: /tenants +1 +[0-9a-f]{64}\n[\s\S]*complete and equal/,
  });
  t.match(await cli(['store', 'copy', '--from', from, '--to', to]), { exit: 5, err: /not empty/ });
  t.match(await cli(['store', 'copy', '--from', join(dir, 'none.db'), '--to', to]), { exit: 5, err: /no file/ });
  t.equal((await cli(['store', 'copy', '--from', from])).exit, 2);
});

t.test('doctor: each part in order, and each fault with its remedy', async (t) => {
  const { world, cli } = await open(t);
  const dir = t.testdir();
  await createInlineStore(join(dir, 'sync.db')).close();
  let skew = 0;
  const vendor: typeof fetch = async (input) => {
    const { hostname, pathname } = new URL(String(input));
    if (hostname === 'down.invalid') throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
    if (hostname === 'sync.invalid') {
      const headers = { authorization: `Bearer ${world.adminToken}` };
      const answer = await world.app.inject({ method: 'GET', url: pathname, headers });
      return new Response(answer.body, { status: answer.statusCode });
    }
    return new Response('', { status: 404, headers: { date: new Date(world.runtime.now() + skew).toUTCString() } });
  };
  const env = {
    DATA_DIR: dir,
    PUBLIC_URL: 'https://sync.example.com',
    FORTNOX_CLIENT_ID: 'a',
    FORTNOX_CLIENT_SECRET: 'b',
  };
  const doctor = (more: Record<string, string | undefined> = {}) =>
    cli(['--json', 'doctor'], { env: { ...env, ...more }, fetch: vendor });
  const levels = (called: { json(): never }) =>
    (called.json() as { level: string; what: string }[]).map(({ level, what }) => `${level} ${what}`);

  const well = await doctor();
  t.equal(well.exit, 0, well.out);
  t.strictSame(
    [...new Set(levels(well))],
    [
      'ok configuration',
      'ok data folder',
      'ok store',
      'ok service',
      'ok token',
      'ok Fortnox',
      'ok clock',
      'ok Fortnox login',
      'ok webCRM',
    ],
  );
  t.match(await cli(['doctor'], { env, fetch: vendor }), {
    exit: 0,
    out: /ok +store +embedded .*sync\.db has version \d+\.\n/,
  });

  skew = 60_000;
  t.ok(levels(await doctor()).includes('warning clock'));
  skew = -400_000;
  const wrong = await doctor();
  t.equal(wrong.exit, 1);
  t.match(wrong.json(), [
    {},
    {},
    {},
    {},
    {},
    {},
    { level: 'fault', what: 'clock', message: /40\d s away|399 s away/, remedy: /NTP/ },
  ]);
  skew = 0;
  t.match(await doctor({ PORT: 'x', LOG_LEVEL: 'loud' }), {
    exit: 1,
    out: /PORT must be a whole number[\s\S]*LOG_LEVEL must be one of/,
  });
  t.match(await doctor({ WEBCRM_API_URL: 'https://down.invalid' }), {
    exit: 1,
    out: /https:\/\/down\.invalid cannot be reached: getaddrinfo ENOTFOUND/,
  });
  t.ok(levels(await doctor({ WEBCRM_FORTNOX_URL: 'https://down.invalid' })).includes('warning service'));
  t.ok(levels(await doctor({ WEBCRM_FORTNOX_TOKEN: undefined })).includes('warning token'));
  t.ok(
    levels(
      await doctor({
        PUBLIC_URL: undefined,
        FORTNOX_CLIENT_ID: undefined,
        FORTNOX_CLIENT_SECRET: undefined,
        FORTNOX_STREAM_URL: '',
      }),
    ).filter((one) => one === 'warning configuration').length === 3,
  );
  t.ok(levels(await doctor({ DATA_DIR: join(dir, 'none') })).includes('warning data folder'));
  writeFileSync(join(dir, 'admin.token'), 'x');
  chmodSync(join(dir, 'admin.token'), 0o644);
  t.match(await doctor(), { exit: 1, out: /Others may read .*admin\.token/ });
  chmodSync(join(dir, 'admin.token'), 0o600);
  writeFileSync(join(dir, 'sync.db'), 'this is no database, however long it may be read');
  t.match(await doctor(), { exit: 1, out: /It cannot be read/ });
});

t.test('the program itself: a process with arguments and environment', async (t) => {
  const bin = new URL('../../src/cli/bin.ts', import.meta.url).pathname;
  const nobody = spawnSync(process.execPath, ['--import=tsx', bin, 'tenants'], {
    ...{ encoding: 'utf8', input: '' },
    env: { ...process.env, WEBCRM_FORTNOX_URL: 'http://127.0.0.1:1', WEBCRM_FORTNOX_TOKEN: 'x' },
  });
  t.equal(nobody.status, 4, nobody.stderr);
  t.match(nobody.stderr, /No service answers at http:\/\/127\.0\.0\.1:1/);
});

t.test('activity: the newest lines, and further ones as they are written, over a broken line', async (t) => {
  const { world, cli } = await open(t);
  t.match(await cli(['activity', 'Test', '--last', '2']), {
    exit: 0,
    out: /^[^\n]+tenant {2}[^\n]+\n[^\n]+Connected:/,
  });
  const three: unknown[] = (await cli(['--json', 'activity', 'Test', '--last', '3'])).json();
  t.equal(three.length, 3);
  t.equal((await cli(['activity', 'Test', '--last', 'many'])).exit, 2);

  const stop = new AbortController();
  const opened: (() => void)[] = [];
  const asked: (string | undefined)[] = [];
  const overHttp: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const headers = { ...(init?.headers as Record<string, string>) };
    const options = { url: url.pathname + url.search, headers };
    if (!url.pathname.endsWith('/stream')) return new Response((await world.app.inject(options)).body);
    asked.push(headers['last-event-id']);
    const answer = await world.app.inject({ ...options, payloadAsStream: true });
    const body = answer.stream();
    opened.push(() => answer.raw.res.destroy());
    init?.signal?.addEventListener('abort', () => body.destroy(new Error('aborted')));
    return new Response(Readable.toWeb(body) as ReadableStream, { status: answer.statusCode });
  };
  const following = cli(['--json', 'activity', 'Test', '--last', '1', '--follow'], {
    fetch: overHttp,
    signal: stop.signal,
  });
  await world.wait(1_000);
  world.webcrm.person.createOrganisation({ OrganisationName: 'Nya AB', OrganisationType: 'Customer' });
  await world.quiet();
  opened[0]?.();
  await world.wait(10_000);
  world.webcrm.person.createOrganisation({ OrganisationName: 'Andra AB', OrganisationType: 'Customer' });
  await world.quiet();
  stop.abort();
  const { exit, out, err } = await following;
  t.equal(exit, 130, err);
  const told = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; action: string });
  t.equal(new Set(told.map(({ id }) => id)).size, told.length, 'none twice');
  t.equal(told.filter(({ action }) => action === 'created').length, 2);
  t.match(err, /The connection broke; it is made again\.\n/);
  t.strictSame([asked.length, asked[0]], [2, undefined]);
  t.match(asked[1], /^\d+-[0-9a-f]{32}$/);
});
