import { workflow } from "../../../mod.ts"
import { hello } from "./parts.ts"

workflow("greet", { error: [] }, (w) => w.node("hello", hello))
