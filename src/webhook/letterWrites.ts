/** What is written when a letter goes on. Pure. */
import type { Write } from "../journal/Journal.ts"
import { deadSpace, type Letter, waitingSpace } from "./Webhook.ts"

/** A letter is given up; `was` is what is kept of it until then. */
export const givenUp = (letter: Letter, was: string): ReadonlyArray<Write> => [
  replaced(letter, was, null),
  { kind: "cell", space: deadSpace, key: letter.id, was: null, data: JSON.stringify(letter) }
]

/** What is kept of a letter becomes other data, or nothing. */
export const replaced = ({ id }: Letter, was: string, data: string | null): Write => ({
  kind: "cell",
  space: waitingSpace,
  key: id,
  was,
  data
})
