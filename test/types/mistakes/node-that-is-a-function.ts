import { workflow } from "../../../mod.ts"

workflow("greet", {}, (w) => w.node("hello", () => "hi"))
