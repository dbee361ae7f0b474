import { task } from "../../../mod.ts"
import { Busy } from "./parts.ts"

task("call", { errors: [Busy], retry: { while: (error) => error._tag === "NotFound" }, run: () => 5 })
