/** Whether a case shows that a field is read: deleted from its manifest, the case ends otherwise. */
import { InvalidManifest } from "../../../src/argo/document/Issue.ts"
import { type Case, renamed } from "../Case.ts"
import { play } from "../play.ts"
import { rewrite } from "./rewrite.ts"

/**
 * What becomes of a case without a field, the most telling first: its run is another; the manifest is refused; the run
 * does not end; a manifest that must be refused is accepted. `same` shows nothing.
 */
export const tellings = ["other", "refused", "endless", "accepted", "same"] as const

/** One of them. */
export type Telling = (typeof tellings)[number]

/** Plays a case without a field, but not for longer than `limitMillis`. */
export const tell = async (it: Case, field: string, limitMillis: number): Promise<Telling> => {
  const mute = renamed(it, `${it.name}-without-${field}`)
  try {
    const problems = await play({ ...mute, text: rewrite(mute.text, field).text }, limitMillis)
    if (problems.length === 0) return "same"
    if (it.expected.lint?.ok === false) return "accepted"
    return problems.some((problem) => problem.startsWith("not over")) ? "endless" : "other"
  } catch (error) {
    if (error instanceof InvalidManifest) return "refused"
    return "other"
  }
}
