import { task } from "../../../mod.ts"

task("now", { run: async () => ({ at: new Date(), zone: "UTC" }) })
