/** Whose a container is: the process that started it, so that others can tell whether that process still lives. */
import { randomBytes } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import process from "node:process"

/** The label that names the owner of a container. */
export const ownerLabel = "pinnace.owner"

/** A new name for an owner in this process. */
export const makeOwner = (): string =>
  [...here(), process.pid, startOf(process.pid) ?? "", randomBytes(4).toString("hex")].join(":")

/** A new name for a container. */
export const makeName = (): string => `pinnace-${randomBytes(8).toString("hex")}`

/**
 * Whether the process of an owner is certainly gone; processes of other hosts and of other namespaces are not known.
 */
export const isGone = (owner: string): boolean => {
  const [host, namespace, pid = "", start] = owner.split(":")
  const [ownHost, ownNamespace] = here()
  if (host !== ownHost || namespace !== ownNamespace || !/^\d+$/.test(pid)) return false
  return !lives(Number(pid)) || (start !== "" && startOf(Number(pid)) !== start)
}

/** The host and, where there are such, the namespace in which ids of processes mean something. */
const here = (): readonly [string, string] => [
  hostname(),
  attempt(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")) ?? ""
]

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** When a process was started, in ticks since the system was; `undefined` where that cannot be seen. */
const startOf = (pid: number): string | undefined =>
  attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ")[19])

const attempt = <A>(get: () => A): A | undefined => {
  try {
    return get()
  } catch {
    return undefined
  }
}
