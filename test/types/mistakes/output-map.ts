import { task } from "../../../mod.ts"

task("index", { run: () => new Map([["a", 1]]) })
