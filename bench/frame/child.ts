/** One run of one bench in a process of its own, so that none inherits another's memory. Started by `run.ts`. */
import { SUITE } from '../suite.ts';
import type { BenchOptions } from './bench.ts';

const [name, options] = process.argv.slice(2);
const bench = SUITE.find((one) => one.name === name);
if (bench === undefined || options === undefined || process.send === undefined)
  throw new Error('This file is started by bench/main.ts');
const figures = await bench.run(JSON.parse(options) as BenchOptions);
process.send(figures);
process.disconnect();
