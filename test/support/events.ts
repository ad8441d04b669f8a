import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';

/** An event as a client reads it; a comment has no event. */
export interface ReadEvent {
  readonly event: string;
  readonly id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  readonly data: any;
}

/** The whole events of a text/event-stream so far. */
export function eventsIn(text: string): ReadEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const field = (name: string) =>
      block
        .split('\n')
        .find((one) => one.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const [event, data] = [field('event'), field('data')];
    return event === undefined || data === undefined
      ? []
      : [{ event, id: field('id') ?? null, data: JSON.parse(data) }];
  });
}

/** Any request; of an answer that ends only when one side closes, the beginning. */
export async function injectAny(app: FastifyInstance, options: InjectOptions): Promise<LightMyRequestResponse> {
  if (!/\/activity\/stream(\?|$)/.test(String(options.url))) return app.inject(options);
  const answer = await app.inject({ ...options, payloadAsStream: true });
  const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
  const parts: Buffer[] = [];
  for await (const part of answer.stream()) {
    parts.push(part as Buffer);
    if (isStream) break;
  }
  answer.raw.res.destroy();
  const body = Buffer.concat(parts).toString();
  return Object.defineProperties(answer, {
    body: { value: body },
    payload: { value: body },
    json: { value: () => JSON.parse(body) },
  }) as LightMyRequestResponse;
}

/** Opens a stream in process. `text` grows while time passes; a problem document is all that comes when it was refused. */
export async function openEvents(
  app: FastifyInstance,
  drive: <T>(promise: Promise<T>) => Promise<T>,
  url: string,
  headers: Record<string, string>,
) {
  const answer = await drive(app.inject({ url, headers, payloadAsStream: true }));
  let text = '';
  let isOver = false;
  const stream = answer.stream();
  const over = () => {
    isOver = true;
  };
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => {
    text += part;
  });
  stream.on('end', over).on('error', over).on('close', over);
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: () => text,
    events: () => eventsIn(text),
    lines: () => eventsIn(text).filter(({ event }) => event === 'line'),
    isOver: () => isOver,
    /** As a client that goes away. */
    close: () => void answer.raw.res.destroy(),
  };
}
export type Events = Awaited<ReturnType<typeof openEvents>>;
