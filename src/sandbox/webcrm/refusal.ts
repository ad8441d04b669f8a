/** A request that webCRM refuses for its form: answered with `status`, and a violation. */
export class Refusal extends Error {
  readonly status: number;
  constructor(why: string, status = 400) {
    super(why);
    this.name = 'Refusal';
    this.status = status;
  }
}
