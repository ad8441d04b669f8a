import type { SandboxResponse } from '../chassis.ts';

/** What Fortnox refuses. `race`: somebody else may have caused it meanwhile, so the caller is not to blame. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly race: boolean;

  constructor(status: number, code: number, message: string, race = false) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.race = race;
  }
}

export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: body === null ? '' : JSON.stringify(body),
});

/** Both spellings of the envelope are real: Pascal case for 404, lower case for the rest (fortnox.md 4). */
export function refusalAnswer({ status, code, message }: Refusal): SandboxResponse {
  return answer(status, {
    ErrorInformation:
      status === 404 ? { Error: 1, Message: message, Code: code } : { error: 1, message: message, code: code },
  });
}
