import { task } from "../../../mod.ts"

export const one = () => {
  // Not in the place of a tail call, whose frame JavaScriptCore leaves out.
  const made = task("alike", { cache: true, run: () => 1 })
  return made
}
