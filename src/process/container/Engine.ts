/** A container engine by its command: podman, or anything that is spoken to like docker. */
import { execFile, spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import { environment, searchPath } from "../environment.ts"

/** The engines, by the names of their programs. */
export const engineNames = ["podman", "docker"] as const

/** An engine by name. */
export type EngineName = typeof engineNames[number]

/** What a short command of the engine answered. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How long a command may take that does not run a container, in milliseconds. */
const longest = 120_000

/** Runs a short command of the engine; never fails, and is not interrupted. */
export const ask = (engine: EngineName, args: ReadonlyArray<string>): Effect.Effect<Answer> =>
  Effect.uninterruptible(Effect.callback<Answer>((resume) => {
    execFile(engine, [...args], { env: environment(), timeout: longest, encoding: "utf8" }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1
      resume(Effect.succeed({ code, stdout, stderr: error === null || stderr !== "" ? stderr : error.message }))
    })
  }))

/** An engine that cannot be used here. */
export class EngineMissing extends Error {
  /** Tells this error from others. */
  override readonly name: "EngineMissing" = "EngineMissing"
}

/** Looks whether the engine is there and answers. Throws EngineMissing. */
export const requireEngine = (engine: EngineName): void => {
  const { error, status, stderr } = spawnSync(engine, ["version"], {
    env: environment(),
    encoding: "utf8",
    timeout: longest
  })
  if (error !== undefined && "code" in error && error.code === "ENOENT") {
    throw new EngineMissing(
      `There is no ${engine} in PATH (${searchPath()}): install it, or run commands here with executor "auto"`
    )
  }
  if (status === 0) return
  throw new EngineMissing(
    `${engine} does not answer (see what "${engine} version" says): ${lastLine(stderr ?? "") || error?.message}`
  )
}

/** The last line of a message that says something. */
export const lastLine = (text: string): string =>
  text.trimEnd().split("\n").at(-1)?.replace(/^(Error: |docker: )+/, "").trim() ?? ""
