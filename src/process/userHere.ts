/** The user as whom this process acts, whose name is recorded with what is done. */
import { hostname, userInfo } from "node:os"
import process from "node:process"
import type { Actor } from "../run/actor.ts"

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
