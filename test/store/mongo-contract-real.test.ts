import { contractOn } from './servers/run-contract.ts';

contractOn('MONGODB_TEST_URL');
