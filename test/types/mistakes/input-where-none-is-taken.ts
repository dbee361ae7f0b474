import { workflow } from "../../../mod.ts"
import { hello } from "./parts.ts"

workflow("greet", {}, (w) => w.node("hello", hello, { input: { name: "you" } }))
