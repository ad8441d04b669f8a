/**
 * Makes equal what the vendors cannot tell apart. webCRM gives "" for empty and a placeholder such as "-- vælg --" for
 * an unset drop-down (webcrm.md 3); line ends differ by who wrote them.
 */
export function text(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const clean = String(value).normalize('NFC').replace(/\r\n?/g, '\n').trim();
  return clean === '' || /^--\s.*\s--$/.test(clean) ? null : clean;
}

/** What stands for nothing in a Data field: webCRM refuses an empty one in its register (webcrm.md 8.5). */
export const EMPTY_DATA = '-';

/** A Data field of a line or of an item of the register. */
export function dataText(value: unknown): string | null {
  const written = text(value);
  return written === EMPTY_DATA ? null : written;
}

/** Lines without their outer spaces, empty ones dropped. */
export function lines(value: unknown): string | null {
  const clean = text(value);
  if (clean === null) return null;
  const kept = clean
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return kept.length === 0 ? null : kept.join('\n');
}

export function vatNumber(value: unknown): string | null {
  return text(
    text(value)
      ?.replace(/[\s.-]/g, '')
      .toUpperCase() ?? null,
  );
}

/** Ten digits (a century before them dropped) become NNNNNN-NNNN; anything else stays as written. */
export function organisationNumber(value: unknown): string | null {
  const clean = text(value);
  if (clean === null) return null;
  const digits = clean.replace(/[\s-]/g, '');
  const match = /^(?:16|19|20)?(\d{6})(\d{4})$/.exec(digits);
  return match ? `${match[1]}-${match[2]}` : clean;
}

/** A Swedish VAT number holds the organisation number: SE + 10 digits + 01 (R20). */
export function organisationNumberOfVat(vat: string | null): string | null {
  const match = /^SE(\d{10})01$/.exec(vat ?? '');
  return match ? organisationNumber(match[1]) : null;
}

/** Cut to a length without leaving half a character or a trailing space. */
export function cut(value: string, length: number): string {
  const points = [...value];
  let kept = '';
  for (const point of points) {
    if (kept.length + point.length > length) break;
    kept += point;
  }
  return kept.trimEnd();
}

/** Whether what a side shows of a value is less than the whole (R76). */
export const isCut = (whole: string | null, shown: string | null): boolean =>
  (shown?.length ?? 0) < (whole?.length ?? 0);
