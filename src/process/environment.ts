/** The environment in which programs are looked for and run, also where this process was given none. */
import { homedir } from "node:os"
import process from "node:process"

/** Where programs are looked for when nothing says where: what a container has whose image says nothing. */
export const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** The PATH that holds: a command's own, else that of this process, else the standard one. An empty one says nothing. */
export const searchPath = (own?: string): string => own || process.env["PATH"] || standardPath

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
