import t from 'tap';
import { SETTING_LINES } from '../../console/lib/setting-lines.ts';
import { filled, textsOf } from '../../console/lib/texts.ts';
import * as da from '../../console/texts/da.ts';
import { en } from '../../console/texts/en.ts';
import * as sv from '../../console/texts/sv.ts';
import { Settings } from '../../schemas/settings.ts';
import { ERROR_CODES } from '../../src/errors/codes.ts';
import { SITUATIONS } from '../../src/explain/codes.ts';
import { RULES } from '../../src/explain/rules.ts';
import { STEPS } from '../../src/explain/steps.ts';
import { REASONS } from '../../src/sync/reasons.ts';

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

t.test('every text exists in all three languages, with the same places to fill in', async (t) => {
  for (const [name, { texts }] of Object.entries({ sv, da })) {
    t.same(Object.keys(texts).sort(), Object.keys(en).sort(), name);
    for (const [key, text] of Object.entries(en)) {
      const translated = texts[key as keyof typeof en];
      t.ok(translated.trim() !== '', `${name} ${key}`);
      t.same(placeholders(translated), placeholders(text), `${name} ${key}`);
    }
  }
});

t.test('each reason, step, rule and error is said in each language, and no other', async (t) => {
  const rules = Object.values(RULES).flatMap((lines) => lines.map(({ id }) => id));
  const known = {
    reasons: [...Object.keys(REASONS), ...Object.keys(SITUATIONS)],
    steps: Object.keys(STEPS),
    rules: [...new Set(rules)],
    errors: Object.keys(ERROR_CODES),
  };
  for (const [name, { codes }] of Object.entries({ sv, da })) {
    for (const kind of ['reasons', 'steps', 'rules', 'errors'] as const)
      t.same(Object.keys(codes[kind]).sort(), [...known[kind]].sort(), `${name} ${kind}`);
    const texts = textsOf({ language: name as 'sv', texts: sv.texts, codes });
    for (const [code, { sentence }] of Object.entries(REASONS)) t.not(texts.reason(code, null), code, sentence);
    t.equal(texts.reason('a-new-reason', 'A new sentence.'), 'A new sentence.', 'what a newer service says');
    t.equal(texts.step('a-new-step', 'Do it.'), 'Do it.');
  }
  const english = textsOf({ language: 'en', texts: en, codes: { reasons: {}, steps: {}, rules: {}, errors: {} } });
  t.equal(english.reason('detached'), REASONS.detached.sentence);
});

t.test('each setting that is asked for exists, and has its words', async (t) => {
  for (const line of Object.values(SETTING_LINES).flat()) {
    const at = line.path
      .split('.')
      .reduce<unknown>(
        (schema, name) => (schema as { properties?: Record<string, unknown> })?.properties?.[name],
        Settings,
      );
    t.ok(at, line.path);
    t.ok(`set.${line.path}` in en && `set.${line.path}.help` in en, line.path);
  }
});

t.test('places are filled, and plurals follow the language', async (t) => {
  t.equal(filled('{a} of {b}', { a: 1 }), '1 of {b}');
  const { count } = textsOf({ language: 'en', texts: en, codes: { reasons: {}, steps: {}, rules: {}, errors: {} } });
  t.equal(count('overview.count', 1), '1 tenant');
  t.equal(count('overview.count', 1200), '1,200 tenants');
});
