/**
 * Facts about Fortnox that nobody has proven against a live system. Each is a switch, so that the service is tested
 * against every answer the live system may give; the first value of each is the default.
 */
export interface FortnoxSwitches {
  /** What `lastmodified` is cut to before it is compared (fortnox.md 5.3: seconds are a strong hint, not proof). */
  lastmodifiedPrecision: 'second' | 'minute';
  /** What JSON null does to a field (fortnox.md 8.1: not recorded). */
  jsonNull: 'ignored' | 'clears';
  /** Whether a change made through the API comes back as an event (fortnox.md 6.2: expected, not recorded). */
  echoEvents: boolean;
  /** What a PUT with another CustomerNumber leads to. */
  numberChange: 'refused' | 'accepted';
  /** Whether a 429 says how long to wait (fortnox.md 5.1: no source shows it). */
  throttleHeader: 'none' | 'retry-after';
  /** Whether empty fields come as null instead of ''. */
  nullsForEmpty: boolean;
}

export const SWITCH_VALUES: {
  readonly [K in keyof FortnoxSwitches]: readonly [FortnoxSwitches[K], ...FortnoxSwitches[K][]];
} = {
  lastmodifiedPrecision: ['second', 'minute'],
  jsonNull: ['ignored', 'clears'],
  echoEvents: [true, false],
  numberChange: ['refused', 'accepted'],
  throttleHeader: ['none', 'retry-after'],
  nullsForEmpty: [false, true],
};

export const DEFAULT_SWITCHES: Readonly<FortnoxSwitches> = {
  lastmodifiedPrecision: SWITCH_VALUES.lastmodifiedPrecision[0],
  jsonNull: SWITCH_VALUES.jsonNull[0],
  echoEvents: SWITCH_VALUES.echoEvents[0],
  numberChange: SWITCH_VALUES.numberChange[0],
  throttleHeader: SWITCH_VALUES.throttleHeader[0],
  nullsForEmpty: SWITCH_VALUES.nullsForEmpty[0],
};
