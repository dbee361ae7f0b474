/** A condition that cannot be read or has no truth value. */
export class WhenError extends Error {
  override readonly name: "WhenError" = "WhenError"
  /** The condition. */
  readonly condition: string

  constructor(condition: string, why: string) {
    super(why)
    this.condition = condition
  }
}
