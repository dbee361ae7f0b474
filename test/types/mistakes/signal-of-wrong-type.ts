import type { RunHandle } from "../../../mod.ts"
import { approval } from "./parts.ts"

export const approve = (run: RunHandle) => run.signal(approval, { approved: "yes" })
