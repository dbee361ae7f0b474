/**
 * Subjects of commits: `area: what changed`, short enough for one line of a log. Continuous integration runs it:
 * `node test/tidy/subjects.ts`. Older commits are left as they are; without a history of git there is nothing to check.
 */
import { spawnSync } from "node:child_process"
import { pathToFileURL } from "node:url"
import process from "node:process"

/** Characters of a subject. */
export const subjectLimit = 72

/** The last commit that was made before the rule. A wrong subject that was pushed is passed by moving it on. */
const since = "83c51e6496ce27d0234a507f809b336912ff2031"

/** A commit as it is checked. */
export interface Commit {
  readonly id: string
  readonly subject: string
}

/** What is wrong with the subjects of commits, a line for each. */
export const subjectFaults = (commits: ReadonlyArray<Commit>): ReadonlyArray<string> =>
  commits.flatMap(({ id, subject }) => [
    ...(form.test(subject) ? [] : [`${id}: "${subject}" does not begin with its area. Write "area: what changed".`]),
    ...(subject.length <= subjectLimit ? [] : [
      `${id}: the subject has ${subject.length} of at most ${subjectLimit} characters. Say why in the body.`
    ])
  ])

const form = /^[\w./-]+(?:, [\w./-]+)*: \S/

/** The commits since the rule, newest first; `undefined` where there is no history that reaches so far. */
export const commitsSince = (base: string, folder: string): ReadonlyArray<Commit> | undefined => {
  const { status, stdout } = spawnSync("git", ["log", "--no-merges", "--format=%h %s", `${base}..HEAD`], {
    cwd: folder,
    encoding: "utf8"
  })
  if (status !== 0) return undefined
  return stdout.split("\n").filter((line) => line !== "").map((line) => {
    const space = line.indexOf(" ")
    return { id: line.slice(0, space), subject: line.slice(space + 1) }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const faults = subjectFaults(commitsSince(since, import.meta.dirname) ?? [])
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
