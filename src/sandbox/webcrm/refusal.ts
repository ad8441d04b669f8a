/** A request that webCRM refuses: answered with `status`, and a violation. */
export class Refusal extends Error {
  readonly status: number;
  constructor(why: string, status = 400) {
    super(why);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** A refusal that the caller could not foresee: a person's change came after its last read (R4). */
export class RaceRefusal extends Refusal {
  constructor(why: string) {
    super(why);
    this.name = 'RaceRefusal';
  }
}
