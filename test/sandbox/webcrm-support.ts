import { createWebcrmSandbox, type WebcrmSwitches } from '../../src/sandbox/webcrm/index.ts';

const START = Date.UTC(2026, 0, 5, 8);

/** A stand-in of webCRM at a clock of its own, with someone logged in who sends. */
export function setup(switches: Partial<WebcrmSwitches> = {}) {
  let at = START;
  let seed = 1;
  const sent: { url: string; body: string }[] = [];
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const webcrm = createWebcrmSandbox({
    now: () => at,
    random,
    notify: (url, _headers, body) => sent.push({ url, body }),
    switches,
  });
  let token = '';
  const send = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = webcrm.handle({
      method,
      url,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { ...answer, json: () => JSON.parse(answer.body) };
  };
  const login = (authCode = webcrm.applicationToken) => {
    const answer = send('POST', '/Auth/ApiLogin', `authCode=${authCode}`, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    token = answer.json().AccessToken || token;
    return answer;
  };
  const query = (where: string, rest = '') =>
    send('GET', `/Queries?script=${encodeURIComponent(`SELECT * FROM Organisation WHERE ${where}`)}${rest}`);
  const advance = (ms: number) => {
    at += ms;
  };
  login();
  return { webcrm, send, login, query, sent, advance };
}
