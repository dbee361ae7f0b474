import { workflow } from "../../../mod.ts"
import { hello } from "./parts.ts"

workflow("greet", {}, async (w) => w.node("hello", hello))
