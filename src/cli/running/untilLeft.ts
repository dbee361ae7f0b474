/** Serving until this process is asked to end. */
import process from "node:process"
import { exitCodes } from "../Usage.ts"
import { onLauncherGone } from "./launcher.ts"
import { leaveCodes, onLeave } from "./onLeave.ts"

/** Waits until this process is asked to end, or npx, which has started it, was; answers its exit code. */
export const untilLeft = (): Promise<number> =>
  new Promise((resolve) => {
    process.once("SIGINT", () => resolve(exitCodes.interrupted))
    onLeave(resolve)
    onLauncherGone(() => resolve(leaveCodes.SIGTERM))
  })
