import { task } from "../../../mod.ts"

task("make", { run: () => ({ name: "a", call: () => 5 }) })
