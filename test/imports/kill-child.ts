/** The service as a process of its own, for the parent to kill. */
import { systemRuntime } from '../../src/runtime.ts';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { runImport } from './kill-service.ts';

const store = await openEmbeddedStore({ path: process.env.STORE ?? '' });
await runImport({ runtime: systemRuntime(), store, env: process.env });
await store.close();
