import { workflow } from "../../../mod.ts"
import { hello } from "./parts.ts"

workflow("greet", {}, (w) => {
  const first = w.node("first", hello)
  return w.node("second", hello, { depends: first })
})
