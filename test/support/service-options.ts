import pino from 'pino';
import { readConfig } from '../../src/config.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import type { ServiceOptions } from '../../src/service.ts';

/** Where the vendors' stand-ins answer in a test of one process. */
export const FORTNOX_URL = 'https://fortnox.invalid';
export const WEBCRM_URL = 'https://webcrm.invalid';

/** What vendor clients of a test are made with, beside a service. */
export const VENDORS = {
  fortnoxApiUrl: FORTNOX_URL,
  fortnoxAuthUrl: FORTNOX_URL,
  fortnoxClientId: CLIENT_ID,
  fortnoxClientSecret: CLIENT_SECRET,
  webcrmApiUrl: WEBCRM_URL,
};

/** A service that speaks with both stand-ins. `env`: further settings, by their environment names. */
export const serviceOptions = ({
  env,
  logger,
  ...given
}: Pick<ServiceOptions, 'runtime' | 'store'> &
  Partial<ServiceOptions> & { readonly env?: NodeJS.ProcessEnv }): ServiceOptions => ({
  config: readConfig({
    PUBLIC_URL: 'https://sync.invalid',
    FORTNOX_CLIENT_ID: CLIENT_ID,
    FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
    FORTNOX_API_URL: FORTNOX_URL,
    FORTNOX_AUTH_URL: FORTNOX_URL,
    WEBCRM_API_URL: WEBCRM_URL,
    ...env,
  }),
  logger: logger ?? pino({ level: process.env.TEST_LOG ?? 'silent' }),
  encryptionKey: Buffer.alloc(32, 7),
  adminToken: 'a-token-that-nobody-uses-here',
  ...given,
});
