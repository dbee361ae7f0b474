/** A workflow that several processes execute: its second node ends only where it is told to. */
import { task, workflow } from "../../../mod.ts"

/** `wait` holds up the second node. */
export const slowWith = (wait: () => Promise<string>) => {
  const first = task("first", { run: () => "once" })
  const second = task("second", { run: wait })
  return workflow("slow", {}, (w) => {
    const begun = w.node("first", first)
    return w.node("second", second, { after: [begun] })
  })
}
