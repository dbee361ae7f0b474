import { workflow } from "../../../mod.ts"
import { approval } from "./parts.ts"

workflow("release", {}, (w) => w.suspend(approval, { duration: "1 hour", default: "yes" }))
