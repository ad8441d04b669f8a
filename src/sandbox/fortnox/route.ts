import type { SandboxRequest, SandboxResponse } from '../chassis.ts';
import { answer, Refusal } from './refusal.ts';
import { fieldsIn } from './validate.ts';

export interface Call {
  readonly request: SandboxRequest;
  readonly query: URLSearchParams;
  /** The variable parts of the path, decoded. */
  readonly ids: readonly string[];
}
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly match: RegExp;
  answer(call: Call): SandboxResponse;
}

/** A route by its pattern: `{name}` stands for one part of the path. */
export const route = (method: string, pattern: string, respond: Route['answer']): Route => ({
  method,
  pattern,
  match: new RegExp(`^${pattern.replace(/\{[a-z]+\}/g, '([^/]+)')}$`),
  answer: respond,
});

/** GET that answers 200 with what `body` gives. */
export const getting = (pattern: string, body: (call: Call) => object): Route =>
  route('GET', pattern, (call) => answer(200, body(call)));

/** The fields that a write sends; raises Refusal for another content type or wrapper. */
export function sentFields(wrapper: string, request: SandboxRequest): Record<string, unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new Refusal(400, 1000031, 'Ogiltig Content-Type.');
  return fieldsIn(wrapper, request.body);
}
