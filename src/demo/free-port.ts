import { createServer } from 'node:net';

/** A TCP port of `host` that is free now. The webhooks' address must be known before the service listens. */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error(`No free port on ${host}.`));
      });
    });
  });
}
