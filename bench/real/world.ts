import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { build, createProcess, dataFolder, type Process } from './processes.ts';
import { type RemoteVendors, startVendors } from './vendors.ts';

export interface RealWorld {
  readonly service: Process;
  readonly vendors: RemoteVendors;
  readonly folder: string;
  readonly tenants: readonly { readonly id: string; readonly hook: string; readonly number: number }[];
  /** How long connecting all of them took, s. */
  readonly connectedIn: number;
  /** Ends everything and removes the data. */
  close(): Promise<void>;
}

/**
 * The built service as a process with the embedded store on disk, both vendors as another, and tenants of their own companies, connected
 * before the service starts.
 */
export async function openRealWorld(count: number, env: Readonly<Record<string, string>> = {}): Promise<RealWorld> {
  build();
  const folder = dataFolder();
  const vendors = await startVendors();
  const encryptionKey = randomBytes(32).toString('base64');
  const publicUrl = 'https://bench.invalid';
  const begun = performance.now();
  const tenants = await vendors.connect({ count, folder, encryptionKey, publicUrl });
  const connectedIn = (performance.now() - begun) / 1000;
  const service = createProcess(
    0,
    {
      ENCRYPTION_KEY: encryptionKey,
      ADMIN_TOKEN: randomBytes(24).toString('hex'),
      PUBLIC_URL: publicUrl,
      FORTNOX_CLIENT_ID: 'sandbox-client',
      FORTNOX_CLIENT_SECRET: 'sandbox-secret',
      ...(await vendors.environment()),
      ...env,
    },
    { folder, isLogRead: false },
  );
  return {
    service,
    vendors,
    folder,
    tenants,
    connectedIn,
    async close() {
      await service.kill('SIGKILL');
      await vendors.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
