#!/usr/bin/env node
/** The command `pinnace`. */
import { enableCompileCache } from "node:module"
import { cli } from "./mod.ts"

// Not every runtime has it; it makes every start but the first faster.
enableCompileCache?.()

await cli()
