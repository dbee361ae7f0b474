#!/usr/bin/env node
/** The command `pinnace`. */
import * as modules from "node:module"
import process from "node:process"
import { cli } from "./mod.ts"

// Not every runtime has it; it makes every start but the first faster.
modules.enableCompileCache?.()

const { bun, deno, node } = process.versions
const [major = 0, minor = 0] = node.split(".").map(Number)
if (bun === undefined && deno === undefined && (major < 22 || (major === 22 && minor < 19))) {
  process.stderr.write(`pinnace: this is Node ${node}, and it needs Node 22.19 or newer, Bun or Deno\n`)
  process.exit(2)
}

const code = await cli()
// What a user's module has left open must not keep the command waiting.
process.exit(code)
