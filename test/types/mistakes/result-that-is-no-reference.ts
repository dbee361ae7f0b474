import { workflow } from "../../../mod.ts"

workflow("greet", {}, () => "done")
