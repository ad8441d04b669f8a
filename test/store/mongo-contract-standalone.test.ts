import { contractOn } from './servers/run-contract.ts';

contractOn('secantusdb-standalone');
