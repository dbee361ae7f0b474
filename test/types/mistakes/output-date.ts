import { task } from "../../../mod.ts"

task("now", { run: () => new Date() })
