/**
 * What of the host a sandbox does not show: secrets of the system,
 * the user's home, sockets of agents and daemons, devices.
 */
import {
  type Dirent,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import process from "node:process"
import { searchPath, userHome } from "./environment.ts"
import type { Mount } from "./Executor.ts"
import { removeTree } from "./removeTree.ts"

/** The home of a node in the sandbox: a private folder. */
export const nodeHome = "/root"

/** The folders of homes that are private in the sandbox. */
export const hiddenHomes = (showHome: boolean): ReadonlyArray<string> => {
  const home = resolve(userHome())
  if (home === "/") return [nodeHome]
  return showHome ? [nodeHome].filter((it) => it !== home) : [...new Set([nodeHome, home])]
}

/**
 * Folders within those homes that PATH leads to, with what the
 * programs there need: a manifest may run them. Only to be read.
 */
export const visiblePrograms = (homes: ReadonlyArray<string>): ReadonlyArray<Mount> => {
  const key = [searchPath(), ...homes].join("\n")
  const found = programs.get(key) ?? foldersOf(homes)
  programs.set(key, found)
  return found
}

const programs = new Map<string, ReadonlyArray<Mount>>()

const foldersOf = (homes: ReadonlyArray<string>): ReadonlyArray<Mount> => {
  const homeOf = (folder: string) => homes.find((it) => folder.startsWith(`${it}/`))
  const ofPath = [...new Set(searchPath().split(":"))].filter(isFolder)
  const all = ofPath.flatMap((folder) => [folder, ...installations(folder)]).flatMap((folder) => {
    const home = homeOf(folder)
    return home === undefined ? [] : [folder, installation(folder, home)]
  })
  const outermost = [...new Set(all)].toSorted().filter((it, _, found) => !found.some((other) => shows(other, it)))
  return outermost.map((folder) => ({ host: folder, path: folder, readonly: true }))
}

/** Whether a folder is seen where the other one is mounted, which brings no other file system with it. */
const shows = (outer: string, folder: string): boolean =>
  folder.startsWith(`${outer}/`) && statSync(outer).dev === statSync(folder).dev

/** The folders that links in a folder of programs lead to. */
const installations = (folder: string): ReadonlyArray<string> =>
  entriesOf(folder).filter((it) => it.isSymbolicLink()).flatMap(({ name }) => {
    try {
      return [dirname(realpathSync(join(folder, name)))]
    } catch {
      return []
    }
  })

const entriesOf = (folder: string): ReadonlyArray<Dirent> => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/**
 * `bin` stands beside `lib`, as in a virtual environment: both
 * are shown, unless they stand for all that a user has installed.
 */
const installation = (folder: string, home: string): string => {
  const prefix = dirname(folder)
  // Shims of pyenv, rbenv, asdf and the like run what stands beside them.
  if (basename(folder) === "shims" && prefix !== home) return prefix
  const isDeep = prefix.slice(home.length + 1).includes("/")
  return basename(folder) === "bin" && isDeep && isFolder(join(prefix, "lib")) ? prefix : folder
}

const devices = ["null", "zero", "full", "random", "urandom", "tty"]
const links = { fd: "/proc/self/fd", stdin: "/proc/self/fd/0", stdout: "/proc/self/fd/1", stderr: "/proc/self/fd/2" }

/**
 * Makes the directory `hidden`, unless it is there: what all sandboxes show in place of
 * what is hidden, only to be read. It is there as a whole or not at all, whoever makes it.
 */
export const prepareHidden = (hidden: string): void => {
  if (existsSync(hidden)) return
  mkdirSync(dirname(hidden), { recursive: true, mode: 0o700 })
  const made = mkdtempSync(`${hidden}-`)
  writeFileSync(join(made, "empty"), "", { mode: 0o400 })
  mkdirSync(join(made, "dev", "shm"), { recursive: true })
  for (const name of devices) writeFileSync(join(made, "dev", name), "")
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(made, "dev", name))
  try {
    renameSync(made, hidden)
  } catch (error) {
    removeTree(made)
    if (!existsSync(hidden)) throw error
  }
}

/** Where a sandbox is, and where the stand-ins are: within it if they are its own, else shared. */
export interface Stage {
  readonly directory: string
  readonly hidden: string
}

/** Whether something is mounted where only a sandbox with stand-ins of its own has room for it. */
export const isBelowStandIns = ({ path }: Mount): boolean => /^\/dev\/(?!shm(\/|$))/.test(resolve("/", path))

/**
 * What is mounted over the root, in this order, each on something
 * that is there. What all sandboxes share is only to be read.
 */
export const hidingMounts = ({ directory, hidden }: Stage): ReadonlyArray<Mount> => {
  const readonly = !hidden.startsWith(`${directory}/`)
  const standIn = (path: string): Mount =>
    isFolder(path) ? { host: join(directory, "nothing"), path } : { host: join(hidden, "empty"), path, readonly }
  return [
    { host: join(hidden, "dev"), path: "/dev", readonly },
    ...devices.map((name) => ({ host: `/dev/${name}`, path: `/dev/${name}` })).filter(({ host }) => existsSync(host)),
    ...hiddenPaths().map(standIn)
  ]
}

const secretFiles = ["shadow", "shadow-", "gshadow", "gshadow-", "sudoers"].map((name) => `/etc/${name}`)
const daemons = ["docker.sock", "user", "dbus", "podman", "containerd", "crio", "secrets", "credentials"]

const hiddenPaths = (): ReadonlyArray<string> => {
  const device = statSync("/").dev
  return [
    ...secretFiles,
    ...hostKeys(),
    ...daemons.map((name) => `/run/${name}`),
    // What the user's agents listen at.
    ...["SSH_AUTH_SOCK", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST", "XDG_RUNTIME_DIR"].flatMap((
      name
    ) => pathIn(process.env[name] ?? ""))
  ].filter((path, index, all) => all.indexOf(path) === index && onRoot(path, device))
}

const hostKeys = (): ReadonlyArray<string> => {
  try {
    return readdirSync("/etc/ssh").filter((name) => /^ssh_host_.*_key$/.test(name)).map((name) => `/etc/ssh/${name}`)
  } catch {
    return []
  }
}

const pathIn = (address: string): ReadonlyArray<string> => {
  const path = /^(?:unix:(?:path=)?(?:\/\/)?)?(\/[^,:;]+)/.exec(address)?.[1]
  return path === undefined ? [] : [resolve(path)]
}

/** Whether the sandbox would see it: only the root's own file system is below it, without what is mounted there. */
const onRoot = (path: string, device: number): boolean => {
  try {
    // Most are not there, and errors to catch cost more than the look.
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.dev === device && statSync(dirname(path)).isDirectory()
  } catch {
    return false
  }
}

/** Whether it is a folder; one that this user may not look at is none. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
