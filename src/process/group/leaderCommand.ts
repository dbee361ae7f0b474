/** How a shell is told to start the leader of a group. */
import { Buffer } from "node:buffer"
import { accessSync, constants, statSync } from "node:fs"
import { resolve } from "node:path"
import { searchPath } from "../environment.ts"
import { SpawnFailed } from "../Executor.ts"
import type { Launch } from "./Launch.ts"
import { type Dialect, inGroup, ownNumber, quoted, shellName } from "./shellProgram.ts"

/** The longest program of the shell, in bytes: a system takes no single argument above 128 KiB. */
const longest = 100_000

/**
 * What a shell is begun with: where it finds programs. What else
 * is in the environment, secrets too, is told to leaders only.
 */
export const shellEnvironment = (): Readonly<Record<string, string>> => ({ PATH: searchPath() })

/**
 * What a shell is told: the leader says its number to the guardian and
 * to us, then becomes the program, whose output goes into the pipes.
 */
export const leaderCommand = (launch: Launch, dialect: Dialect): string => {
  const number = ownNumber[dialect]
  const note = `cd ${quoted(resolve(launch.cwd))} && echo "+ ${number}" >>"$2" && echo "+ ${number}"`
  return inGroup(`${note} && ${becoming(launch)} </dev/null >"$1/stdout" 2>"$1/stderr"`, dialect)
}

/** A shell sets most variables itself, which saves a program. */
const becoming = ({ args, env, program }: Launch): string => {
  const set = Object.entries(env).filter(([, value]) => value !== undefined)
  const settings = set.map(([name, value]) => quoted(`${name}=${value}`)).join(" ")
  const command = [program, ...args].map(quoted).join(" ")
  if (!set.every(([name]) => isOrdinary(name))) return `exec env -i -- ${settings} ${command}`
  return `unset ${ownNames.join(" ")} && ${set.length === 0 ? ":" : `export ${settings}`} && exec ${command}`
}

/** What shells set by themselves or in our program, or read as they begin: a leader is told it anew. */
const ownNames = ["ENV", "IFS", "OLDPWD", "OPTERR", "PATH", "PS1", "PS2", "PS4", "PWD", "SHLVL", "next", "s"]

/** Whether any shell can export it like any other. */
const isOrdinary = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !special.test(name)

const special =
  /^(BASH.*|COMP_WORDBREAKS|DIRSTACK|EPOCH.*|E?UID|FUNCNAME|GROUPS|HISTCMD|LINENO|OPTIND|PIPESTATUS|PPID|S?RANDOM|SECONDS|SHELLOPTS)$/

/** Whether a shell would start this as a system call does; if not, the system call is to say why. */
export const isForShell = (launch: Launch): boolean => {
  const { cwd, env, program } = launch
  if (program === "" || program.startsWith("-") || program.includes("=") || "" in env) return false
  if (!isFolder(cwd) || program.includes("/") && !isExecutable(resolve(cwd, program))) return false
  const text = [program, ...launch.args, ...Object.entries(env).flat()].join(" ")
  // A quote becomes twelve characters and a few more, since it is quoted twice.
  const short = text.length < longest / 16 || Buffer.byteLength(quoted(becoming(launch))) < longest
  return short && !text.includes("\0")
}

/** What a shell said when the program is there but cannot be run, as when its interpreter is missing. */
export const startFailure = ({ program }: Launch, code: number, errors: string): SpawnFailed | undefined => {
  if (code !== 126 && code !== 127 || !errors.startsWith(`${shellName}: `) || !errors.includes(program)) {
    return undefined
  }
  return new SpawnFailed(`failed to start ${program}: ${errors.trimEnd().split(": ").at(-1)}`)
}

const isFolder = (path: string): boolean => isOpen(path) && statSync(path).isDirectory()

const isExecutable = (path: string): boolean => isOpen(path) && statSync(path).isFile()

/** Whether this user may run it, or go into it. */
const isOpen = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
