import { WebSocket } from 'ws';
import type { OpenSocket } from './socket.ts';

/** An event is a few hundred bytes; the longest answer names 50 tenants by their tokens. */
const LONGEST_MESSAGE_BYTES = 4 * 1024 * 1024;

/** A WebSocket over the network. */
export const openWebSocket: OpenSocket = (url, listener) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: LONGEST_MESSAGE_BYTES });
  let why = '';
  socket.on('open', () => listener.opened());
  socket.on('message', (data) => listener.received(String(data)));
  socket.on('pong', () => listener.ponged());
  socket.on('error', (error) => {
    why = error.message;
  });
  socket.on('close', (code) => listener.closed(why || `closed with code ${code}`));
  const whileOpen = (act: () => void) => {
    if (socket.readyState === WebSocket.OPEN) act();
  };
  return {
    // A failure to write is followed by `close`.
    send: (text) => whileOpen(() => socket.send(text, () => {})),
    ping: () => whileOpen(() => socket.ping(undefined, undefined, () => {})),
    hold: (on) => whileOpen(() => (on ? socket.pause() : socket.resume())),
    close: () => socket.terminate(),
  };
};
