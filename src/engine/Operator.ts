/**
 * The port for what is asked of runs from outside, for languages that have commands of their own: verbs that mean
 * something else on their runs, and schedules that start them. Each is the engine's own verb with its own refusals.
 */
export { atDoor } from "./door.ts"
export type { Engine } from "./Engine.ts"
export { type CommandError, type InvalidInput, Refused, type RunExists } from "./EngineError.ts"
export { command } from "./control/command.ts"
export { registerNow } from "./life/attach.ts"
export type { RetryRequest } from "./life/resets.ts"
export { retry } from "./life/retry.ts"
export { start } from "./life/start.ts"
export { readFacts } from "./observe/readFacts.ts"
export { whenChanged } from "./observe/whenChanged.ts"
