/** How a person has to call this command again. */
import { basename, delimiter, dirname, isAbsolute, relative } from "node:path"
import process from "node:process"
import { thisProgram } from "../../sources/standalone.ts"

/** What a process knows of how it was called. */
export interface Calling {
  /** The script, as it was named; empty for an executable. */
  readonly script: string
  readonly execPath: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isStandalone: boolean
}

/** `pinnace`, `npx pinnace`, `npm run NAME --`, or the executable that holds it, so that a shell finds it from here. */
export const calledAs = (): string => {
  const [, script = ""] = process.argv
  const { cwd, env, execPath } = process
  return wordsFor({ script, execPath, cwd: cwd(), env, isStandalone: thisProgram().isStandalone })
}

/** The words to call it by. */
export const wordsFor = ({ cwd, env, execPath, isStandalone, script }: Calling): string => {
  if (isStandalone) return typed(execPath, cwd, env)
  const { npm_lifecycle_event: event = "", npm_lifecycle_script: written = "" } = env
  if (event === "npx" && /^["']?pinnace\b/.test(written)) return "npx pinnace"
  // A script of package.json that is this command and nothing else passes on what stands after --.
  if (event !== "" && event !== "npx" && /(?:^|\s)(?:\S*[\\/])?(?:pinnace|main\.ts)"?$/.test(written)) {
    return `npm run ${event} --`
  }
  return isLocal(script, cwd) ? "npx pinnace" : "pinnace"
}

/**
 * Whether npx or a script of package.json has started this command and waits for it; a script that puts it in the
 * background does not.
 */
export const isScriptOfNpm = ({ npm_lifecycle_script: written = "" }: Calling["env"]): boolean =>
  /(?:^|[\s\\/"'])(?:pinnace|main\.ts)(?=["'\s]|$)/.test(written) && !/(?:^|[^&])&(?!&)/.test(written)

/** Whether the script is installed in the project that this is called from, where `npx` finds it. */
const isLocal = (script: string, cwd: string): boolean => {
  const at = script.search(/[\\/]node_modules[\\/]/)
  if (at < 0) return false
  const within = relative(script.slice(0, at), cwd)
  return !within.startsWith("..") && !isAbsolute(within)
}

/** An executable by its name where the shell looks for it, else by the way to it. */
const typed = (path: string, cwd: string, env: Calling["env"]): string => {
  if ((env["PATH"] ?? "").split(delimiter).includes(dirname(path))) return basename(path)
  const way = relative(cwd, path)
  if (way.startsWith("..") || isAbsolute(way)) return path
  return way.includes("/") ? way : `./${way}`
}
