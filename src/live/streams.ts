import type { Activity } from '../../schemas/records.ts';
import type { Principal } from '../access/principal.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { ActivityTail, Follower, Place } from './activity-tail.ts';
import { createEventStream, type EventStream } from './event-stream.ts';

export interface StreamRequest {
  readonly principal: Principal;
  readonly tenant: string;
  readonly from: Parameters<ActivityTail['follow']>[2];
  /** A line as the API gives it. */
  shown(line: Activity): unknown;
  /** Whether whoever asked may still see it; asked again and again. */
  mayGoOn(): Promise<boolean>;
}

export interface LiveStreams {
  /** Begins a stream of a tenant's activity. Raises `too-many-streams`. */
  open(request: StreamRequest): EventStream;
  /** Ends all of them, and takes no more. */
  close(): void;
}

/** Proxies close a line that is silent for a minute, some for half of one. */
const HEARTBEAT_MS = 15_000;
const MOST = { process: 200, token: 20 };
/** How long a browser waits before it connects again, ms. */
const RETRY_MS = 3_000;

/** The place of a line as its event id, and back; null for what is none of ours. */
export const placeText = ({ at, id }: Place): string => `${at}-${id}`;
export function placeOf(text: string): Place | null {
  const [, at, id] = /^(\d{1,15})-([0-9a-f]{1,64})$/.exec(text) ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
}

export function createLiveStreams({
  runtime,
  tail,
}: {
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly tail: ActivityTail;
}): LiveStreams {
  const open = new Map<EventStream, string>();
  let closed = false;

  function refuseMore(token: string): void {
    const own = [...open.values()].filter((one) => one === token).length;
    if (!closed && open.size < MOST.process && own < MOST.token) return;
    const why = own >= MOST.token ? `This token has ${own} live streams open` : 'There are many live streams';
    throw new SyncError('too-many-streams', `${why}: close one, or ask for the list again and again.`);
  }

  return {
    open({ principal, tenant, from, shown, mayGoOn }) {
      refuseMore(principal.id);
      const stream = createEventStream();
      open.set(stream, principal.id);
      let isOver = false;
      let owesGap = false;
      let turn: Promise<void> = Promise.resolve();
      let leave = () => {};
      let cancel = () => {};
      stream.onOver(() => {
        isOver = true;
        open.delete(stream);
        cancel();
        leave();
      });

      /** What a slow client did not take is dropped; it is told so as soon as it takes something. */
      function tellGap(): void {
        owesGap = !stream.send({ event: 'gap', data: {} });
      }
      function tell(line: Activity): void {
        if (owesGap) tellGap();
        if (!stream.send({ event: 'line', id: placeText(line), data: shown(line) })) owesGap = true;
      }

      /** One after the other, each once it is known that whoever asked may still see it. */
      function whenPermitted(tellAll: () => void): void {
        turn = turn.then(async () => {
          if (isOver) return;
          const may = await mayGoOn().catch(() => null);
          if (may) tellAll();
          // A store that does not answer is no reason to send people away, nor to show them anything.
          else if (may === null) owesGap = true;
          else {
            stream.send({ event: 'end', data: { code: 'unauthorised' } });
            stream.end();
          }
        });
      }
      function beat(): void {
        whenPermitted(() => {
          if (owesGap) tellGap();
          stream.comment('still here');
        });
        cancel = runtime.setTimer(HEARTBEAT_MS, beat);
      }
      cancel = runtime.setTimer(HEARTBEAT_MS, beat);

      const follower: Follower = {
        begun: () => void stream.send({ event: 'ready', data: {}, retry: RETRY_MS }),
        lines: (lines) => whenPermitted(() => lines.forEach(tell)),
        gap: () => whenPermitted(tellGap),
      };
      tail.follow(tenant, follower, from).then(
        (end) => {
          leave = end;
          if (isOver) end();
        },
        // The client connects again, and the store may answer then.
        () => stream.body.destroy(),
      );
      return stream;
    },
    close() {
      closed = true;
      for (const stream of open.keys()) stream.end();
      tail.stop();
    },
  };
}
