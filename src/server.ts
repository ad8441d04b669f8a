import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { ownSecrets } from './admin/data-dir.ts';
import { buildApp } from './app.ts';
import { closeInOrder } from './closing.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLogContext } from './http/log-context.ts';
import { createLogger } from './http/logging.ts';
import { systemRuntime } from './runtime.ts';
import { createService } from './service.ts';
import { openStore } from './store/open-store.ts';

/** An orchestrator kills after 30 s as a rule: by then all must be written. */
const CLOSE_MS = 25_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logContext = createLogContext();
  const logger = createLogger(config.logLevel, undefined, logContext);
  const runtime = systemRuntime();
  const { encryptionKey, adminToken, adminTokenIsNew } = await ownSecrets(config, runtime);
  if (adminTokenIsNew) {
    // Not through the logger, which would hide it: this is the one time it is shown.
    process.stdout.write(
      `Administrator's token, made now and kept in ${join(config.dataDir, 'admin.token')}: ${adminToken}\n`,
    );
  }
  const store = await openStore(config, runtime);
  const service = await createService({
    config,
    runtime,
    logger,
    logContext,
    encryptionKey,
    formerKeys: config.formerKeys,
    store,
    adminToken,
    formerTokens: config.formerTokens,
  });
  const app = await buildApp(service.services, { logger });
  closeWithGrace({ delay: CLOSE_MS, logger }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'closing after an error that nothing caught');
    else logger.info({ signal }, 'closing');
    await closeInOrder({ runtime, logger, app, service, store });
  });
  // Fastify logs the address.
  await app.listen({ port: config.port, host: config.host });
  await service.start();
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`The service cannot start:\n${error.faults.map((fault) => `- ${fault}\n`).join('')}`);
  } else {
    process.stderr.write(`The service cannot start: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exit(1);
}
