import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { REASONS, type Reason } from '../../src/sync/reasons.ts';
import { en, type Key } from '../texts/en.ts';
import { keep, kept } from './kept.ts';

export const LANGUAGES = { en: 'English', sv: 'Svenska', da: 'Dansk' } as const;
export type Language = keyof typeof LANGUAGES;

/** What the service says in English, in another language: by code, where it has one. */
export interface Codes {
  readonly reasons: Readonly<Partial<Record<string, string>>>;
  readonly steps: Readonly<Partial<Record<string, string>>>;
  readonly rules: Readonly<Partial<Record<string, string>>>;
  readonly errors: Readonly<Partial<Record<string, string>>>;
}
export interface Dictionary {
  readonly language: Language;
  readonly texts: Readonly<Record<Key, string>>;
  readonly codes: Codes;
}

const NO_CODES: Codes = { reasons: {}, steps: {}, rules: {}, errors: {} };
export const ENGLISH: Dictionary = { language: 'en', texts: en, codes: NO_CODES };

/** The dictionary of a language; English comes with the page, the others when they are chosen. */
export async function dictionaryOf(language: Language): Promise<Dictionary> {
  if (language === 'en') return ENGLISH;
  const { texts, codes } = language === 'sv' ? await import('../texts/sv.ts') : await import('../texts/da.ts');
  return { language, texts, codes };
}

export function chosenLanguage(): Language {
  const wanted = [kept('language'), ...navigator.languages];
  for (const tag of wanted) {
    const language = Object.keys(LANGUAGES).find((one) => tag?.toLowerCase().split('-')[0] === one);
    if (language !== undefined) return language as Language;
  }
  return 'en';
}
export const keepLanguage = (language: Language): void => keep('language', language);

type Params = Readonly<Record<string, string | number>>;

/** Fills `{name}` in. */
export const filled = (text: string, params: Params = {}): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));

export type Texts = ReturnType<typeof textsOf>;

/** Everything that is said in the dictionary's language. */
export function textsOf(dictionary: Dictionary) {
  const { texts, codes, language } = dictionary;
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  const t = (key: Key, params?: Params): string => filled(texts[key], params);
  const has = (key: string): key is Key => Object.hasOwn(texts, key);
  return {
    language,
    t,
    /** A key that is put together of parts; `fallback` where there is none. */
    maybe: (key: string, fallback: string): string => (has(key) ? t(key) : fallback),
    /** `one` or `other` of a counted thing, with `{n}` in it. */
    count: (key: string, n: number): string => {
      const form = `${key}.${plural.select(n) === 'one' ? 'one' : 'other'}`;
      return has(form) ? t(form, { n: number.format(n) }) : number.format(n);
    },
    number: (n: number): string => number.format(n),
    reason: (code: string, english?: string | null): string =>
      codes.reasons[code] ?? english ?? (Object.hasOwn(REASONS, code) ? REASONS[code as Reason].sentence : code),
    step: (code: string, english: string): string => codes.steps[code] ?? english,
    rule: (id: string, english: string): string => codes.rules[id] ?? english,
    /** What an error code means, in this language; null: the service's own sentence has to do. */
    error: (code: string): string | null => codes.errors[code] ?? null,
    /** The name of a field of records; its own where it has no other. */
    field: (name: string): string => (has(`field.${name}`) ? t(`field.${name}` as Key) : name),
  };
}

export const TextsContext = createContext<Texts>(textsOf(ENGLISH));
export const useTexts = (): Texts => useContext(TextsContext);
