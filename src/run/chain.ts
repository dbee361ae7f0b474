/** Runs that go on from each other: each link has the id of the first with its number. Pure. */
import type { RunRow } from "./State.ts"

const numbered = /~(\d+)$/

/** The id of the run that goes on from one. */
export const nextLink = (id: string): string => {
  const number = Number(numbered.exec(id)?.[1] ?? 1)
  return `${id.replace(numbered, "")}~${number + 1}`
}

/** The id of the run that an ended one goes on in, or `undefined`. */
export const continuedIn = ({ id, phase, reason }: Pick<RunRow, "id" | "phase" | "reason">): string | undefined =>
  phase === "Succeeded" && reason === "Continued" ? nextLink(id) : undefined
