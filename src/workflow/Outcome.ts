/** How something ended, as authors see it: typed, decoded, in exit handlers, hooks and `ref.outcome`. */

/** The outcome of a node or run with output `O` and typed error `E`. */
export type Outcome<O = unknown, E = unknown> =
  | { readonly phase: "Succeeded"; readonly output: O }
  | { readonly phase: "Failed"; readonly reason: string; readonly message: string; readonly error?: E }
  | { readonly phase: "Error"; readonly reason: string; readonly message: string; readonly error?: unknown }
  | { readonly phase: "Skipped" | "Omitted"; readonly reason: string; readonly message: string }
