/** How a shell is told to start the leader of a group. */
import { Buffer } from "node:buffer"
import { accessSync, constants, statSync } from "node:fs"
import { resolve } from "node:path"
import { environment } from "../environment.ts"
import { SpawnFailed } from "../Executor.ts"
import type { Launch } from "./Launch.ts"

/** The longest program of the shell, in bytes: a system takes no single argument above 128 KiB. */
const longest = 100_000
/** What a shell calls itself when it complains about a leader. */
export const shellName = "pinnace"

/** Text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** The ways of a shell to give a process a group of its own. */
export type Dialect = "bash" | "sh"

/** What a shell is begun with: an environment that every shell passes on as it is, and of which leaders are told the differences. */
export const shellEnvironment = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment()).filter((it): it is [string, string] => isOrdinary(it[0]) && !ownNames.includes(it[0]))
  )

/**
 * Waits for the end of a job and tells how it was. A job that stops before job control is off looks like one that has ended; `wait -f`, which
 * knows the two apart, may never find out that a job has ended.
 */
const settle = 'settle() { wait "$1"; s=$?; ' +
  'while [ $s -gt 128 ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; wait "$1"; s=$?; done; echo "= $s"; }'

/** What the first line is: two named pipes in the directory, and an answer. */
export const readyLine = (directory: string, dialect: Dialect): string => {
  const pipes = ["stdout", "stderr"].map((name) => quoted(`${directory}/${name}`)).join(" ")
  const able = dialect === "bash" ? `[ "\${BASHPID:-}" ] && ${settle}` : "command -v setsid >/dev/null"
  return `${able} && mkfifo -m 600 ${pipes} && echo ready || exit`
}

/**
 * The line: the leader says its number to the guardian and to us, becomes the program, and its exit code is told. Bash gives a job a group by
 * itself, which costs half of `setsid` and another shell.
 */
export const leaderLine = (launch: Launch, { dialect, directory, log, env }: ShellPlace): string => {
  const number = dialect === "bash" ? "$BASHPID" : "$$"
  const note = `cd ${quoted(launch.cwd)} && echo "+ ${number}" >>${quoted(log)} && echo "+ ${number}"`
  const pipes = `</dev/null >${quoted(`${directory}/stdout`)} 2>${quoted(`${directory}/stderr`)}`
  const body = `${note} && ${becoming(launch, env)} ${pipes}`
  return dialect === "bash"
    ? `set -m; (${body}) & set +m; settle $!`
    : `setsid /bin/sh -c ${quoted(body)} ${shellName}; echo "= $?"`
}

/** Where a shell works. */
export interface ShellPlace {
  readonly dialect: Dialect
  /** Where its pipes are. */
  readonly directory: string
  /** The file of the guardian. */
  readonly log: string
  /** What it was begun with. */
  readonly env: Readonly<Record<string, string>>
}

/** A shell sets most variables itself, which saves a program. */
const becoming = ({ args, env, program }: Launch, known: Readonly<Record<string, string>>): string => {
  const set = Object.entries(env).filter(([, value]) => value !== undefined)
  const command = [program, ...args].map(quoted).join(" ")
  const settings = (of: typeof set): string => of.map(([name, value]) => quoted(`${name}=${value}`)).join(" ")
  if (!set.every(([name]) => isOrdinary(name))) return `exec env -i ${settings(set)} ${command}`
  const gone = Object.keys(known).filter((name) => env[name] === undefined)
  const news = set.filter(([name, value]) => known[name] !== value)
  return `unset ${[...ownNames, ...gone].join(" ")} && ${
    news.length === 0 ? ":" : `export ${settings(news)}`
  } && exec ${command}`
}

/** What shells set by themselves, or read as they begin. */
const ownNames = ["ENV", "OLDPWD", "PWD", "SHLVL"]

/** Whether any shell can export it like any other. */
const isOrdinary = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !special.test(name)

const special = /^(BASH.*|DIRSTACK|E?UID|FUNCNAME|GROUPS|LINENO|OPTIND|PPID|RANDOM|SECONDS|SHELLOPTS)$/

/** Whether a shell would start this as a system call does; if not, the system call is to say why. */
export const isForShell = (launch: Launch): boolean => {
  const { cwd, env, program } = launch
  if (program === "" || program.includes("=") || "" in env) return false
  if (!isFolder(cwd) || program.includes("/") && !isExecutable(resolve(cwd, program))) return false
  return Buffer.byteLength(quoted(becoming(launch, {}))) < longest
}

/** What a shell said when the program is there but cannot be run, as when its interpreter is missing. */
export const startFailure = ({ program }: Launch, code: number, errors: string): SpawnFailed | undefined => {
  if (code !== 126 && code !== 127 || !errors.startsWith(`${shellName}: `) || !errors.includes(program)) {
    return undefined
  }
  return new SpawnFailed(`failed to start ${program}: ${errors.trimEnd().split(": ").at(-1)}`)
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
