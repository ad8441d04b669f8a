import { MongoClient } from 'mongodb';

/** How long an operation waits for a primary: a fail-over takes about this long as a rule. */
const SELECTION_MS = 8_000;
/** A silent connection is given up after this; longer than the server itself may take (operations.ts). */
const SOCKET_MS = 20_000;

/**
 * A client as the service needs it, not connected yet. What an address says of these settings does not count: reads and
 * writes go to the primary, and the driver repeats a write that it got no answer to once, under the number of the first.
 * `patient` waits without end for an answer: for indexes of large collections.
 */
export const createClient = (url: string, patient = false): MongoClient =>
  new MongoClient(url, {
    appName: 'webcrm-fortnox-sync',
    readPreference: 'primary',
    retryWrites: true,
    retryReads: true,
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    waitQueueTimeoutMS: SELECTION_MS,
    socketTimeoutMS: patient ? 0 : SOCKET_MS,
    maxPoolSize: 50,
  });
