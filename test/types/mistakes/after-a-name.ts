import { workflow } from "../../../mod.ts"
import { hello } from "./parts.ts"

workflow("greet", {}, (w) => {
  w.node("first", hello)
  return w.node("second", hello, { after: ["first"] })
})
