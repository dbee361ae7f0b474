/** What an event says, in a few words. Pure. */
import type { Event } from "../../../run/Event.ts"
import { duration } from "../../state/words.ts"

/** The words. */
export const eventWords = (event: Event): string => {
  switch (event.type) {
    case "RunCreated":
      return `workflow ${event.workflow}${event.origin === undefined ? "" : `, made from ${event.origin.run}`}`
    case "RunMigrated":
      return `goes on as ${event.workflow}`
    case "RunInputReplaced":
      return "a later start has another input"
    case "RunCompensating":
      return "what it did is undone"
    case "RunHeld":
      return event.message
    case "RunStopping":
      return `${event.mode === "undo" ? "terminate, undone first" : event.mode}${
        event.message === undefined ? "" : `: ${event.message}`
      }`
    case "RunRetried":
      return event.undo === true ? "what it did is undone" : `${event.reset.length} nodes run again`
    case "RunFinished":
    case "NodeFinished":
      return `${event.ending.phase}${event.ending.message === undefined ? "" : `: ${event.ending.message}`}`
    case "AttemptStarted":
      return `attempt ${event.attempt}${event.rerun > 0 ? " begun again" : ""}`
    case "AttemptFailed":
      return `attempt ${event.attempt}: ${event.message ?? event.error.message}; again in ${duration(event.delay)}`
    case "NodeWaiting":
      return `for ${event.waiting.toLowerCase()}`
    case "NodeProgress":
      return `${event.done}/${event.total} ${event.note ?? ""}`
    case "MetricsEmitted":
      return event.metrics.map(({ name, value }) => `${name} ${value}`).join(", ")
    case "ArtifactSaved":
      return event.artifact.name
    default:
      return ""
  }
}

/** Whether an event tells of a failure. */
export const isBad = (event: Event): boolean =>
  event.type === "AttemptFailed" ||
  (event.type === "NodeFinished" || event.type === "RunFinished") &&
    (event.ending.phase === "Failed" || event.ending.phase === "Error")
