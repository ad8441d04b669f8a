import { createRequire } from 'node:module';
import countries from 'i18n-iso-countries';

const LANGUAGES = ['sv', 'da', 'nb', 'fi', 'de', 'en'] as const;
export type CountryLanguage = (typeof LANGUAGES)[number];

const require = createRequire(import.meta.url);
for (const language of LANGUAGES) {
  countries.registerLocale(require(`i18n-iso-countries/langs/${language}.json`));
}

/** ISO 3166-1 alpha-2 of a country's name in any of the six languages, or of a code; undefined when not known. */
export function countryCode(name: string): string | undefined {
  const code = name.trim().toUpperCase();
  if (/^[A-Z]{2,3}$/.test(code)) {
    const two = code.length === 3 ? countries.alpha3ToAlpha2(code) : code;
    if (two !== undefined && countries.isValid(two)) return two;
  }
  for (const language of LANGUAGES) {
    const found =
      countries.getSimpleAlpha2Code(name.trim(), language) ?? countries.getAlpha2Code(name.trim(), language);
    if (found) return found;
  }
  return undefined;
}

/** The country's name in a language; the code itself when the library has no name for it. */
export const countryName = (code: string, language: CountryLanguage): string =>
  countries.getName(code, language) ?? code;
