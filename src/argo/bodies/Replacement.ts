/** What runs in place of a template, in tests. */

/** What a replacement is given: the inputs of the node. */
export interface ReplacementInput {
  /** The input parameters by name, with the values that the node was given. */
  readonly parameters: Readonly<Record<string, string>>
  /** The node's full name. */
  readonly node: string
  /** Fires when the node is ended from outside. */
  readonly signal: AbortSignal
}

/** What a replacement gives: outputs by name, and what it would have printed. */
export interface ReplacementOutput {
  /** Output parameters by name, of which only those count that the template declares. */
  readonly parameters?: Readonly<Record<string, string>>
  /** The text that the template would have printed (`outputs.result`); default none. */
  readonly result?: string
  /** Anything but 0 fails the node. */
  readonly exitCode?: number
}

/** A function in the place of a template. Throwing makes the node fail. */
export type Replacement = (
  input: ReplacementInput
) => ReplacementOutput | string | void | Promise<ReplacementOutput | string | void>
