import { Type } from 'typebox';

/**
 * A vendor's own id or number, as a caller names it: article numbers may hold a slash or blanks (fortnox.md 2.3), so only control
 * characters and blanks at the ends are refused.
 */
export const recordId = (description: string) =>
  Type.String({
    pattern: '^[^\\u0000-\\u0020\\u007f]([^\\u0000-\\u001f\\u007f]{0,62}[^\\u0000-\\u0020\\u007f])?$',
    description,
  });
