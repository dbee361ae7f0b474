/** Verbs that make sense on the engine of a server: those that neither read nor write files of their own. */

/** Verbs that only look. */
export const lookingVerbs: ReadonlySet<string> = new Set([
  "list",
  "get",
  "watch",
  "wait",
  "logs",
  "why",
  "timeline",
  "graph",
  "diff",
  "artifacts"
])

/** Verbs that the server does as they are written. */
export const remoteVerbs: ReadonlySet<string> = new Set([
  ...lookingVerbs,
  "stop",
  "terminate",
  "suspend",
  "approve",
  "signal",
  "node",
  "delete",
  "gc",
  "audit",
  "locks",
  "cache"
])
