/** Who ends a wait: a node that asks for something waits for a person, or a program in their place, however long. */

/** Whether a node that waits asks for something, by what was recorded when it began; a sleep only passes time. */
export const asksPerson = <A extends { readonly sleeps?: boolean }>(asks: A | undefined): asks is A =>
  asks !== undefined && asks.sleeps !== true
