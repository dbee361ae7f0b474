import { task } from "../../../mod.ts"

task("call", { timout: "5 seconds", run: () => 5 })
