import t from 'tap';
import { contractOn } from './servers/run-contract.ts';
import { REPLICA_SETS, SINGLE_SERVERS, serversFor } from './servers/servers.ts';

t.setTimeout(295_000);

for (const server of serversFor(...REPLICA_SETS, ...SINGLE_SERVERS)) contractOn(server);
