import { loopbackOnly } from '../alerts/address.ts';
import { createAlertPost } from '../alerts/post.ts';
import { buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import { createLogContext } from '../http/log-context.ts';
import { createLogger } from '../http/logging.ts';
import type { Runtime } from '../runtime.ts';
import { createService } from '../service.ts';
import type { Closers } from './closers.ts';
import { openDemoStore } from './store.ts';

/** Starts the whole service as `npm start` does, on the store that `config` names; `closers` ends it and empties the store. */
export async function openService(deps: {
  runtime: Runtime;
  config: Config;
  adminToken: string;
  closers: Closers;
}): Promise<void> {
  const { runtime, config, adminToken, closers } = deps;
  const logContext = createLogContext();
  const logger = createLogger(config.logLevel, process.stderr, logContext);
  const store = await openDemoStore({ config, runtime, closers });
  const service = await createService({
    config,
    runtime,
    logger,
    logContext,
    // Whoever tries alerts here has the receiver on this machine.
    alertPost: createAlertPost({ policy: loopbackOnly() }),
    store,
    adminToken,
    encryptionKey: config.encryptionKey ?? runtime.randomBytes(32),
  });
  closers.add(() => service.stop());
  const app = await buildApp(service.services, { logger });
  closers.add(() => app.close());
  await app.listen({ host: config.host, port: config.port });
  await service.start();
}
