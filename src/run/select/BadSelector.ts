/** A selector that cannot be read. */
export class BadSelector extends Error {
  /** Tells this error from others. */
  override readonly name: "BadSelector" = "BadSelector"
}
