import type { Codes } from '../lib/texts.ts';
import { en, type Key } from './en.ts';

export const texts: Readonly<Record<Key, string>> = en;
export const codes: Codes = { reasons: {}, steps: {}, rules: {}, errors: {} };
