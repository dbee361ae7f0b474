/** What an engine takes from its process: its timers, and its user, whose name is recorded with what is done. */
import { hostname, userInfo } from "node:os"
import process from "node:process"
import type { Actor } from "../run/actor.ts"

export { actorFault } from "../run/actor.ts"
export { alarm, stayAlive } from "./timers.ts"

/** Who it is where nobody else is named: `PINNACE_ACTOR`, or the user of the system with the host. */
export const userHere = (): Actor => ({
  name: process.env["PINNACE_ACTOR"] || `${userName()}@${hostname()}`,
  via: "library",
  pid: process.pid
})

/** A container may run as a user that its system does not know. */
const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? "user")
  }
}
