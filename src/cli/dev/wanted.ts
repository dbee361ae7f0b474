/** What the command line of a loop asks for. */
import { existsSync } from "node:fs"
import { relative } from "node:path"
import process from "node:process"
import { outputOf } from "../arguments/outputOption.ts"
import { readSource } from "../arguments/startRequest.ts"
import { portOf } from "../running/serveOptions.ts"
import { type FollowFormat, followFormats } from "../running/follow.ts"
import { NotThere, Usage } from "../Usage.ts"
import type { Call } from "../Verb.ts"

/** What is wanted of a loop. */
export interface Wanted {
  /** The files that were named. */
  readonly files: ReadonlyArray<string>
  /** Those, and manifests that are only referred to. */
  readonly watched: ReadonlyArray<string>
  readonly format: FollowFormat | undefined
  readonly onSave: (typeof saves)[number]
  /** Where the page is, if it was said. */
  readonly port: number | undefined
}

const saves = ["run", "plan", "off"] as const

const reuses = ["auto", "declared", "off"] as const

/** Reads the command line. Throws Usage and NotThere. */
export const wantedOf = (call: Call): Wanted => {
  const { flags } = call
  const format = outputOf(call, followFormats)
  choice(flags.text("reuse") ?? "auto", "reuse", reuses)
  const { files, resources = [] } = readSource(call)
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) {
    throw new NotThere(`there is no ${relative(process.cwd(), missing)}: name a module or manifests`)
  }
  const onSave = choice(flags.text("on-save") ?? "run", "on-save", saves)
  const port = flags.text("port") === undefined ? undefined : portOf(flags)
  return { files, watched: [...files, ...resources], format, onSave, port }
}

const choice = <A extends string>(text: string, option: string, all: ReadonlyArray<A>): A => {
  const found = all.find((it) => it === text)
  if (found !== undefined) return found
  throw new Usage(`--${option} ${text}: choose ${all.join(", ")}`)
}
