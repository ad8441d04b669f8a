/** Admits at most `limit` calls in any `windowMs`; a refused call does not count against it. Times in ms. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  #admitted: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  admit(now: number): boolean {
    this.#forget(now);
    if (this.#admitted.length >= this.#limit) return false;
    this.#admitted.push(now);
    return true;
  }

  /** How long until the next call would be admitted, 0 when it would be now. */
  retryAfterMs(now: number): number {
    this.#forget(now);
    const oldest = this.#admitted[0];
    return oldest === undefined || this.#admitted.length < this.#limit ? 0 : oldest + this.#windowMs - now;
  }

  #forget(now: number): void {
    this.#admitted = this.#admitted.filter((at) => now - at < this.#windowMs);
  }
}
