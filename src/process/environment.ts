/** The environment in which programs are looked for and run, also where this process was given none. */
import { homedir } from "node:os"
import process from "node:process"

/** Where programs are looked for when nothing says where: what a container has whose image says nothing. */
const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/**
 * The PATH that holds: a command's own, else that of this process, else the standard one. An empty one says nothing.
 */
export const searchPath = (own?: string): string => own || inherited() || standardPath

/** The PATH of this process; Deno puts a folder of its own before it, which alone says nothing. */
const inherited = (): string => {
  const path = process.env["PATH"] ?? ""
  return path.split(":").every((it) => it === "" || it.endsWith("/deno/node_compat_bin")) ? "" : path
}

const ordinary = /^(?:LANG|LC_\w+|TZ|TERM|(?:https?|ftp|all|no)_proxy)$/i

/**
 * The environment of a node's command: a clean one, with its own variables on top. Of this process it has PATH, the
 * language, the time zone, the terminal and the proxies; HOME is the node's.
 */
export const nodeEnvironment = (
  home: string,
  own: Readonly<Record<string, string>>
): Readonly<Record<string, string | undefined>> => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => ordinary.test(name))),
  HOME: home,
  ...own,
  PATH: searchPath(own["PATH"])
})

/**
 * The environment of this process, for programs that work for the user, as git and
 * kubectl do, with a command's own variables on top; PATH and HOME are never missing.
 */
export const environment = (
  own: Readonly<Record<string, string>> = {}
): Readonly<Record<string, string | undefined>> => ({
  ...process.env,
  HOME: userHome(),
  ...own,
  PATH: searchPath(own["PATH"])
})

/**
 * The home of the user, as the environment has it or the system knows it; `/`, as in a container, where neither does.
 */
export const userHome = (): string => {
  try {
    if (process.env["HOME"]) return process.env["HOME"]
    return homedir() || "/"
  } catch {
    return "/"
  }
}

/** Whether this process is the administrator's. */
export const isRoot = (): boolean => process.getuid?.() === 0
