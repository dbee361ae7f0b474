/** Which run a person means: an id, the beginning of one, a workflow with one run, or `@latest`. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { nearest } from "../../workflow/nearest.ts"
import type { RunView } from "../../run/view.ts"
import { NotThere } from "../Usage.ts"

/** The run that is meant. Throws NotThere, with the nearest names. */
export const findRun = async (pinnace: Pinnace, name: string): Promise<RunHandle> => {
  const exact = await pinnace.get(name)
  if (exact !== undefined) return exact
  const rows = await pinnace.list({ limit: Number.MAX_SAFE_INTEGER })
  if (rows.length === 0) throw new NotThere("this state file has no runs yet")
  if (name === "@latest") return (await pinnace.get(rows[0]!.id))!
  const found = choose(rows, name)
  if (found.length === 1) return (await pinnace.get(found[0]!.id))!
  throw new NotThere(found.length === 0 ? unknown(rows, name) : ambiguous(found, name))
}

/** The runs of a workflow of this name, else those whose id begins so. */
const choose = (rows: ReadonlyArray<RunView>, name: string): ReadonlyArray<RunView> => {
  const ofWorkflow = rows.filter(({ workflow }) => workflow === name)
  return ofWorkflow.length > 0 ? ofWorkflow : rows.filter(({ id }) => name !== "" && id.startsWith(name))
}

const unknown = (rows: ReadonlyArray<RunView>, name: string): string => {
  if (/\.(?:[cm]?[jt]s|ya?ml|json)$/.test(name)) {
    return `"${name}" is a file, and a run is named by its id: list shows the runs (the latest is "${
      rows[0]!.id
    }"), and run starts one from a file`
  }
  const near = name.startsWith("@")
    ? "@latest"
    : nearest(name, new Set(rows.flatMap(({ id, workflow }) => [id, workflow])))
  const hint = near === undefined ? `The latest is "${rows[0]!.id}".` : `Did you mean "${near}"?`
  return `there is no run "${name}" in this state file. ${hint}`
}

const shown = 5

const ambiguous = (found: ReadonlyArray<RunView>, name: string): string => {
  const first = found.slice(0, shown).map(({ id, phase }) => `  ${id}  ${phase}`)
  const more = found.length > shown ? [`  … and ${found.length - shown} more`] : []
  return [`"${name}" matches ${found.length} runs:`, ...first, ...more].join("\n")
}
