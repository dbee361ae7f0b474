/** What an engine takes from its process: its timers, and its user, whose name is recorded with what is done. */
export { userHere } from "../process/userHere.ts"
export { actorFault } from "../run/actor.ts"
export { alarm, stayAlive } from "./timers.ts"
