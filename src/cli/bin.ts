#!/usr/bin/env node
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { systemRuntime } from '../runtime.ts';
import { CliError, EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { run } from './main.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

/** A line from the terminal. Of a secret nothing is echoed. */
async function ask(question: string, secret: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw new CliError(EXIT.usage, 'There is no terminal to ask at: use --stdin, or the option for it.');
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: true });
  try {
    return (await lines.question('', { signal: stop.signal })).trim();
  } catch (error) {
    if (stop.signal.aborted) throw new CliError(EXIT.interrupted, 'Interrupted.');
    throw error;
  } finally {
    lines.close();
    if (secret) process.stderr.write('\n');
  }
}

const io: Io = {
  runtime: systemRuntime(),
  env: process.env,
  out: (words) => void process.stdout.write(words),
  err: (words) => void process.stderr.write(words),
  isTerminal: process.stderr.isTTY === true,
  ask,
  readInput: () => text(process.stdin),
  async readFile(path) {
    try {
      return { text: await readFile(path, 'utf8'), mode: (await stat(path)).mode };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new CliError(EXIT.usage, `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no code'}).`);
    }
  },
  signal: stop.signal,
};

process.exitCode = await run(process.argv.slice(2), io);
