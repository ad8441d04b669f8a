import { installLightFetch } from '../support/light-fetch.ts';
import { playRange, type Range } from './range.ts';

// One of several processes that play histories: its range comes as an argument, its results go as messages.
const range = JSON.parse(process.argv[2] ?? '') as Range;
installLightFetch();
await playRange(range, (result) => process.send?.(result));
process.disconnect?.();
