/** Which reasons of a child a composite passes on as its own. */
import type { Reason } from "../../run/Phase.ts"

/** Whether somebody else decided the child's end: a stop, a terminate, or the time limit of the composite itself. */
export const isPassedOn = (
  child: Reason | undefined,
  stopping: Reason | undefined
): child is "Stopped" | "Terminated" | "Timeout" =>
  child === "Stopped" || child === "Terminated" || (child === "Timeout" && stopping === "Timeout")
