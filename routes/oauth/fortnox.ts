import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { REFUSALS } from '../../schemas/api.ts';
import { CALLBACK_PATH, type SignInEnd } from '../../src/admin/fortnox-sign-in.ts';
import type { AppServices } from '../../src/app.ts';
import { limitScope } from '../../src/http/limits.ts';

const text = (maxLength: number, description: string) => Type.Optional(Type.String({ maxLength, description }));
/** Fortnox may add what it likes. */
const Query = Type.Object({
  code: text(4000, 'What is exchanged for tokens, once'),
  state: text(4000, 'As it was given to Fortnox'),
  error: text(200, "Why there is no code: the standard's own, such as access_denied"),
  error_description: text(2000, 'The same in words; not shown'),
});
const page = (description: string) => ({ description, content: { 'text/html': { schema: Type.String() } } });
/** A page, or a problem document where the address is none that Fortnox makes, or is asked for too often. */
const refusal = (description: string, problem: { readonly content: object }) => ({
  description,
  content: { ...page('').content, ...problem.content },
});

/** Where Fortnox sends a person's browser back to (B7). */
export const oauthRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  await limitScope(app, { known: 60, unknown: 60, identify: async () => null });
  app.get(
    CALLBACK_PATH,
    {
      schema: {
        tags: ['oauth'],
        summary: 'Where Fortnox sends the browser of the person who consented',
        description:
          'Answers a page, or leads back to the path that the sign-in named, with `fortnox=connected` or `fortnox=<code>` in its query. The state proves who began; there is no other proof.',
        querystring: Query,
        response: {
          200: page('Fortnox is connected'),
          303: { description: 'Back to where the sign-in began', type: 'null' },
          '4xx': refusal('Fortnox is not connected; the page says why and bears the code', REFUSALS['4xx']),
          '5xx': refusal('We or Fortnox failed', REFUSALS['5xx']),
        },
      },
    },
    async (request, reply) => {
      const end = await services.fortnoxSignIn.end(request.query);
      request.log.info({ code: end.code }, 'a sign-in to Fortnox ended');
      reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
      if (end.returnTo !== null) {
        const joint = end.returnTo.includes('?') ? '&' : '?';
        return reply.redirect(`${end.returnTo}${joint}fortnox=${end.code}`, 303);
      }
      return reply
        .code(end.status as 200)
        .type('text/html; charset=utf-8')
        .send(pageOf(end));
    },
  );
};

const escaped = (value: string): string => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const pageOf = ({ code, message }: SignInEnd): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Fortnox</title>
<h1>${code === 'connected' ? 'Connected' : 'Not connected'}</h1>
<p>${escaped(message)}</p>
<p>Code: <code>${escaped(code)}</code></p>
</html>
`;
