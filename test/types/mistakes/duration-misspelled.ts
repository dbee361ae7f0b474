import { task } from "../../../mod.ts"

task("call", { timeout: "5 secnds", run: () => 5 })
