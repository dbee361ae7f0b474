/** `pinnace init`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { starterFiles } from "../demo/starter.ts"
import { isStandalone } from "../selfCommand.ts"
import { NotThere } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

/** The verb. */
export const verb: Verb = {
  usage: "[DIRECTORY]",
  about:
    "Writes a starter project: a typed workflow with its test, and an Argo manifest. Files that exist are never overwritten.",
  takes: [0, 1],
  options: {},
  examples: [["init my-workflows", "then: cd my-workflows, npm install, npm test"]],
  run: ({ args: [folder = "."], shell }) => {
    const taken = Object.keys(starterFiles).filter((name) => existsSync(join(folder, name)))
    if (taken.length > 0) throw new NotThere(`${folder} has ${taken.join(", ")} already: name another directory`)
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(starterFiles)) {
      writeFileSync(join(folder, name), text)
      shell.print(join(folder, name))
    }
    // An executable runs modules and manifests as it is: nothing has to be installed first.
    const next = isStandalone(process.argv[1] ?? "") ? `${shell.program} run hello.yaml` : "npm install && npm test"
    shell.print(`\nNext: ${folder === "." ? "" : `cd ${folder} && `}${next}`)
    return Promise.resolve(0)
  }
}
