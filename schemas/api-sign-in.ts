/** Body and answer of connecting Fortnox by its pages. */
import { Type } from 'typebox';

export const BeginSignIn = Type.Union(
  [
    Type.Object(
      {
        account: Type.Optional(
          Type.Enum(['service', 'user'], {
            description:
              'service (when left out): an account of its own, which a system administrator approves and which outlives whoever did; user: that of the person who consents',
          }),
        ),
        returnTo: Type.Optional(
          Type.String({
            pattern: '^/(?![/\\\\])[A-Za-z0-9/_.?=&%#-]{0,300}$',
            description: 'Path of this service that the browser is led back to; without one a plain page is shown',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    Type.Null(),
  ],
  { description: 'No body: a service account, and a plain page at the end', examples: [{ account: 'service' }] },
);
export const SignInView = Type.Object({
  url: Type.String({ description: "Where the person's browser is sent" }),
  redirectUri: Type.String({ description: 'Must be registered in the developer portal of Fortnox exactly so' }),
  scopes: Type.Array(Type.String()),
  expiresAt: Type.Integer({ description: 'The person must be back by then; the address serves once' }),
});
