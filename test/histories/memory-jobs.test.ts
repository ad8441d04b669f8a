import t from 'tap';
import { jobsContract } from '../store/contract-jobs.ts';
import { createHistoryStore } from './store.ts';

// The same promises as the embedded store's.
await jobsContract(t, async () => createHistoryStore());
