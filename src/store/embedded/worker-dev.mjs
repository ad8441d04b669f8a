// Used when the service runs from its TypeScript sources: Node 20 does not hand tsx's hooks on to a worker thread.
// The hooks of require() are used, since those of import start one more thread.
import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
createRequire(import.meta.url)('./worker.ts');
