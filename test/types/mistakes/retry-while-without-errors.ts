import { task } from "../../../mod.ts"

task("call", { retry: { while: () => true }, run: () => 5 })
