import { workflow } from "../../../mod.ts"
import { countRows } from "./parts.ts"

workflow("count", {}, (w) => w.node("rows", countRows))
