/** A selector that cannot be read. */
export class BadSelector extends Error {
  override readonly name: "BadSelector" = "BadSelector"
}
