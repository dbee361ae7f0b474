import { Schema, workflow } from "../../../mod.ts"
import { hello } from "./parts.ts"

workflow("greet", { output: Schema.Number }, (w) => w.node("hello", hello))
