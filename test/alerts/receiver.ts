import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook, type WebhookHeaders } from '../../src/intake/standard-webhooks.ts';

export interface Message {
  readonly id: string;
  readonly signatures: number;
  readonly type: string;
  readonly data: { alert: string; tenant: { id: string; name: string }; message: string; count: number | null };
}

/** A server on this machine that takes messages, verifies each signature, and answers as it is told. */
export async function openReceiver(now: () => number) {
  const taken: Message[] = [];
  const refused: string[] = [];
  const secrets: string[] = [];
  let status = 204;
  let location = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const rawBody = Buffer.concat(chunks);
      const headers = request.headers as WebhookHeaders;
      const check = verifyWebhook({ secret: secrets, headers, rawBody, now: now() });
      if (!check.ok) refused.push(check.why);
      else if (status < 300)
        taken.push({
          ...(JSON.parse(rawBody.toString()) as Omit<Message, 'id' | 'signatures'>),
          id: check.id,
          signatures: String(headers['webhook-signature']).split(' ').length,
        });
      response.writeHead(check.ok ? status : 401, location === '' ? {} : { location }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    taken,
    refused,
    secrets,
    answer(with_: number, to = '') {
      status = with_;
      location = to;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
