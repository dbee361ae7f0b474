/**
 * Runs that go on from each other: each link has the id of the first with its number. Where a run of that id is left of
 * an earlier chain, the number is a later one, and the message of the link before says which. Pure.
 */
import type { RunRow } from "./State.ts"

const numbered = /~(\d+)$/

/** The id of the run that goes on from one. */
export const nextLink = (id: string): string => {
  const number = Number(numbered.exec(id)?.[1] ?? 1)
  return `${id.replace(numbered, "")}~${number + 1}`
}

/** The id of the first run of the chain that one may be a link of. */
export const firstLink = (id: string): string => id.replace(numbered, "")

const words = "It goes on in run "

/** What the end of a run says of the next link, where its id does not follow from its own. */
export const linkMessage = (id: string, next: string): { readonly message?: string } =>
  next === nextLink(id) ? {} : { message: `${words}${next}` }

/** The id of the run that an ended one goes on in, or `undefined`. */
export const continuedIn = (
  { id, message, phase, reason }: Pick<RunRow, "id" | "message" | "phase" | "reason">
): string | undefined => {
  if (phase !== "Succeeded" || reason !== "Continued") return undefined
  return message?.startsWith(words) === true ? message.slice(words.length) : nextLink(id)
}
