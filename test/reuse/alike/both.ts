import { workflow } from "../../../mod.ts"
import { one } from "./one.ts"
import { two } from "./two.ts"

export const flowOf = (which: "one" | "two") => {
  const made = which === "one" ? one() : two()
  return workflow(which, {}, (w) => w.node("it", made))
}
