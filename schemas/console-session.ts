/** Signing in to the console. Times are milliseconds since the epoch (UTC). */
import { Type } from 'typebox';
import { ROLES } from './access.ts';

export const SignIn = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 500, description: 'An admin token' }) },
  { additionalProperties: false, examples: [{ token: 'wfs_0123456789abcdef_' }] },
);
export const SessionView = Type.Object({
  signedIn: Type.Boolean(),
  name: Type.Union([Type.String(), Type.Null()], { description: 'Name of the token that signed in' }),
  role: Type.Union([Type.Enum([...ROLES]), Type.Null()], { description: 'What it may do' }),
  sandboxUrl: Type.Union([Type.String(), Type.Null()], {
    description: "The page of the vendors' stand-ins, where the service works with such (SANDBOX_URL)",
  }),
  expiresAt: Type.Union([Type.Integer(), Type.Null()], { description: 'When the sign-in ends by itself' }),
});
