/** Sends hooks in open loop, as a process; started by `sender.ts`. */
import { Agent, request } from 'node:http';
import { offer } from './remote.ts';

/** As webCRM's many servers would; what waits for one of them waits in the figure. */
const CONNECTIONS = 100;
const PATIENCE_MS = 30_000;

export interface Load {
  /** Where each tenant's hooks call; they are called in turn. */
  readonly urls: readonly string[];
  readonly aSecond: number;
  readonly seconds: number;
  /** The first record's id: each hook names another record. */
  readonly firstId: number;
}

export interface Sent {
  /** From the moment at which it was to be sent to its answer, ms: of each hook that was accepted. */
  readonly latencies: readonly number[];
  /** Records of the accepted ones, by tenant as in `urls`. */
  readonly accepted: readonly (readonly [tenant: number, id: number])[];
  /** The others, by status or by the fault of the connection. */
  readonly others: Readonly<Record<string, number>>;
  /** How late the sender itself was at most, ms. */
  readonly sentLate: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function post(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers, timeout: PATIENCE_MS }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}

const methods = {
  /** Each hook is sent at its moment, whether those before were answered or not; resolves when all are answered. */
  async send({ urls, aSecond, seconds, firstId }: Load): Promise<Sent> {
    const count = Math.round(aSecond * seconds);
    const latencies: number[] = [];
    const accepted: [number, number][] = [];
    const others: Record<string, number> = {};
    const answers: Promise<void>[] = [];
    let sentLate = 0;
    const begun = performance.now();
    const dueAt = (n: number) => begun + (n * 1000) / aSecond;

    async function sendOne(n: number): Promise<void> {
      const tenant = n % urls.length;
      const id = firstId + n;
      const status = await post(urls[tenant] as string, JSON.stringify({ Id: id })).catch(
        (error: Error) => error.message,
      );
      if (status === 202) {
        latencies.push(performance.now() - dueAt(n));
        accepted.push([tenant, id]);
      } else others[status] = (others[status] ?? 0) + 1;
    }
    for (let n = 0; n < count; ) {
      for (; n < count && dueAt(n) <= performance.now(); n += 1) {
        sentLate = Math.max(sentLate, performance.now() - dueAt(n));
        answers.push(sendOne(n));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(answers);
    return { latencies, accepted, others, sentLate };
  },
};
export type SenderMethods = typeof methods;

offer(methods);
