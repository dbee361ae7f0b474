/** Hangs a doorbell on a process: what others ring becomes notices. */
import type { Notice } from "../journal/Journal.ts"
import { Doorbell } from "./Doorbell.ts"
import type { Owners } from "./Owners.ts"

/** What a process does when it is rung. */
export interface Rung {
  readonly tell: (notice: Notice) => void
  readonly granted: () => void
  readonly died: (process: number) => void
}

/** Listens for the other processes and connects to those that are there; `undefined` for a database in memory. */
export const listen = (owners: Owners, rung: Rung): Doorbell | undefined => {
  if (owners.address === null) return undefined
  const bell = new Doorbell({
    self: owners.self,
    address: owners.address,
    group: owners.group,
    addressOf: (process) => attempt(() => owners.addressOf(process), undefined),
    others: () => attempt(() => owners.others(), []),
    isAlive: (process) => attempt(() => owners.isAlive(process), true),
    commands: () => rung.tell({ type: "commands" }),
    granted: () => attempt(rung.granted, undefined),
    freed: () => rung.tell({ type: "freed" }),
    foreign: () => rung.tell({ type: "foreign" }),
    died: rung.died
  })
  bell.greet()
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
