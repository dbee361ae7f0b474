/** Hangs a doorbell on a process: what others ring becomes notices. */
import type { Listeners } from "../journal/Listeners.ts"
import { Doorbell } from "./Doorbell.ts"
import type { Owners } from "./Owners.ts"

/** Listens for the other processes and connects to those that are there; `undefined` for a database in memory. */
export const listen = (owners: Owners, listeners: Listeners): Doorbell | undefined => {
  if (owners.address === null) return undefined
  const bell = new Doorbell({
    self: owners.self,
    address: owners.address,
    addressOf: (process) => attempt(() => owners.addressOf(process), undefined),
    isAlive: (process) => attempt(() => owners.isAlive(process), true),
    commands: () => listeners.tell({ type: "commands" }),
    foreign: () => listeners.tell({ type: "foreign" }),
    died: (process) => listeners.tell({ type: "died", process })
  })
  bell.greet(owners.others())
  return bell
}

/** A socket's event must not end the host process because the file cannot be read just now. */
const attempt = <A>(body: () => A, otherwise: A): A => {
  try {
    return body()
  } catch {
    return otherwise
  }
}
