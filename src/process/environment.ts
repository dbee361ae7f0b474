/** The environment in which programs are looked for and run, also where this process was given none. */
import { homedir } from "node:os"
import process from "node:process"

/** Where programs are looked for when nothing says where: what a container has whose image says nothing. */
export const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** The PATH that holds: a command's own, else that of this process, else the standard one. An empty one says nothing. */
export const searchPath = (own?: string): string => own || inherited() || standardPath

/** The PATH of this process; Deno puts a folder of its own before it, which alone says nothing. */
const inherited = (): string => {
  const path = process.env["PATH"] ?? ""
  return path.split(":").every((it) => it === "" || it.endsWith("/deno/node_compat_bin")) ? "" : path
}

/** The environment of this process with a command's own variables on top; PATH and HOME are never missing. */
export const environment = (
  own: Readonly<Record<string, string>> = {}
): Readonly<Record<string, string | undefined>> => ({
  ...process.env,
  HOME: process.env["HOME"] || home(),
  ...own,
  PATH: searchPath(own["PATH"])
})

/** The home of the user as the system knows it; `/`, as in a container, where it knows none. */
const home = (): string => {
  try {
    return homedir() || "/"
  } catch {
    return "/"
  }
}
