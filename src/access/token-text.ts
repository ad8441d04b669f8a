import { timingSafeEqual } from 'node:crypto';
import type { Runtime } from '../runtime.ts';

/** What every token begins with, so that people and scanners of leaked secrets know one when they see it. */
const TOKEN_PREFIX = 'wfs_';
const FORM = /^wfs_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** A new text of the token `id`: 32 random bytes behind its prefix and id. */
export const makeText = (runtime: Runtime, id: string): string =>
  `${TOKEN_PREFIX}${id}_${runtime.randomBytes(32).toString('base64url')}`;

/** The id that a text names; null when it has not the form of one. */
export const idOfText = (text: string): string | null => FORM.exec(text)?.[1] ?? null;

/** Compares two digests (`sha256`) in a time that tells nothing of where they differ. */
export const sameDigest = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(a.padEnd(64, '0').slice(0, 64)), Buffer.from(b.padEnd(64, '1').slice(0, 64)));
