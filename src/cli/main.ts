#!/usr/bin/env node
/** The command `pinnace`. */
import * as modules from "node:module"
import process from "node:process"
import { cli } from "./mod.ts"

// Not every runtime has it; it makes every start but the first faster.
modules.enableCompileCache?.()

const code = await cli()
// What a user's module has left open must not keep the command waiting; what was printed must be out.
await new Promise((resolve) => process.stdout.write("", resolve))
process.exit(code)
