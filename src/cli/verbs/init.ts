/** `pinnace init`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { addedFiles, addedFolder, addition, starterFiles } from "../demo/starter.ts"
import { thisProgram } from "../../sources/standalone.ts"
import type { Shell } from "../Shell.ts"
import { NotThere } from "../Usage.ts"
import type { Verb } from "../Verb.ts"

type Files = Readonly<Record<string, string>>

/** Writes files that must not exist yet, and says which. Throws NotThere. */
const write = (folder: string, files: Files, shell: Shell): void => {
  const taken = Object.keys(files).filter((name) => existsSync(join(folder, name)))
  if (taken.length > 0) throw new NotThere(`${folder} has ${taken.join(", ")} already. Name another directory`)
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    shell.print(path)
  }
}

/** Whether a starter project is there, package.json apart: then there is nothing to add. */
const isStarted = (folder: string): boolean =>
  Object.keys(starterFiles).filter((name) => /\.(?:ts|yaml)$/.test(name)).every((name) =>
    existsSync(join(folder, name))
  )

const start = (folder: string, shell: Shell): string => {
  write(folder, starterFiles, shell)
  // An executable runs modules and manifests as it is: nothing has to be installed first.
  return thisProgram().isStandalone ? `${fromAnywhere(shell.program)} run hello.yaml` : "npm install && npm test"
}

/** The next command begins with `cd`, after which a way from here leads nowhere. */
const fromAnywhere = (program: string): string => program.includes("/") ? resolve(program) : program

/** Adds a folder and a script to a package; of package.json nothing else changes, and no other file does. */
const add = (folder: string, shell: Shell): string => {
  const path = join(folder, "package.json")
  const text = readFileSync(path, "utf8")
  const changed = addition(text)
  if (changed === undefined) {
    throw new NotThere(`${path} cannot be read as a package: fix it, or name another directory`)
  }
  write(folder, addedFiles, shell)
  writeFileSync(path, changed.text)
  for (const what of changed.added) shell.print(`${path}: ${what}`)
  return `npm install && npm run ${addedFolder}:test`
}

/** The verb. */
export const verb: Verb = {
  usage: "[DIRECTORY]",
  about:
    "Writes a starter project: a typed workflow with its test, an app that runs it, and an Argo manifest. In a directory that has a package.json it adds a folder with a workflow and its test, and to package.json what is missing of a script and two dependencies. Files that exist are never overwritten.",
  takes: [0, 1],
  options: {},
  examples: [
    ["init my-workflows", "then: cd my-workflows, npm install, npm test"],
    ["init", "in a package that is there: adds the folder workflows"]
  ],
  run: ({ args: [folder = "."], shell }) => {
    const next = existsSync(join(folder, "package.json")) && !isStarted(folder)
      ? add(folder, shell)
      : start(folder, shell)
    shell.print(`\nNext: ${folder === "." ? "" : `cd ${folder} && `}${next}`)
    return Promise.resolve(0)
  }
}
