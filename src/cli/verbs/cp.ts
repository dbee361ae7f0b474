/** `pinnace cp`. */
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { findRun } from "../arguments/findRun.ts"
import { nearest } from "../../workflow/nearest.ts"
import { artifactsOf, type ShownArtifact } from "../running/artifactsOf.ts"
import { bytes } from "../paint/times.ts"
import { withView } from "../arguments/state.ts"
import { NotThere } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const cp = (call: Call): Promise<number> =>
  withView(call.shell, async (pinnace) => {
    const { args: [name = "", to = "."], flags, shell } = call
    const run = await findRun(pinnace, name)
    const chosen = choose(await artifactsOf(pinnace, run, shell), run.id, call)
    const only = chosen.length === 1 && flags.text("artifact-name") !== undefined && !isDirectory(to)
    for (const artifact of chosen) {
      const path = only ? to : join(to, run.id, safe(artifact.node), safe(artifact.name))
      if (existsSync(path)) throw new NotThere(`${path} exists: remove it, or name another place`)
      await artifact.copy(path)
      shell.print(
        `${artifact.name} of ${artifact.node} → ${path}${
          artifact.size === undefined ? "" : ` (${bytes(artifact.size)})`
        }`
      )
    }
    return 0
  })

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Names of nodes and artifacts become names of files, and never lead elsewhere. */
const safe = (name: string): string => name.replace(/[^\w.()[\]:-]+/g, "_").replace(/^\.+/, "_")

const choose = (all: ReadonlyArray<ShownArtifact>, run: string, { flags }: Call): ReadonlyArray<ShownArtifact> => {
  const [name, node] = [flags.text("artifact-name"), flags.text("node")]
  const chosen = all.filter((it) =>
    (name === undefined || it.name === name) &&
    (node === undefined || it.node === node || it.node.startsWith(`${node}/`))
  ).filter(({ state }) => state === "live" || state === "due")
  if (chosen.length > 0) return chosen
  if (all.length === 0) throw new NotThere(`run ${run} has no artifacts`)
  const near = name === undefined ? undefined : nearest(name, all.map((it) => it.name))
  throw new NotThere(
    `run ${run} has no such artifact that can be read.${
      near === undefined || near === name ? "" : ` Did you mean "${near}"?`
    }`
  )
}

/** The verb. */
export const verb: Verb = {
  usage: "RUN [DIRECTORY|FILE] [options]",
  about:
    "Copies the artifacts of a run into DIRECTORY/RUN/NODE/NAME; one chosen artifact may also be copied to a FILE that does not exist yet. Directories are unpacked.",
  takes: [1, 2],
  options: {
    "artifact-name": { type: "string", value: "NAME", about: "Only artifacts of this name" },
    node: { type: "string", value: "NODE", about: "Only those of this node" }
  },
  examples: [
    ["cp @latest out", "everything the newest run has saved"],
    ["cp @latest report.html --artifact-name report.html", "one file"]
  ],
  run: cp
}
