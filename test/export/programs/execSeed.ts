/** `pinnace exec-node` for the workflow of a seed, which no module exports: the seed stands where a module does. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { execute, versionOf } from "../../../src/export/exec/execute.ts"
import type { Verb } from "../../../src/export/exec/ExecRequest.ts"
import { open } from "../../../mod.ts"
import { graphOf } from "../graphs.ts"
import { seedSize } from "../seedSize.ts"

const text = { type: "string" } as const
const { positionals: [, seed], values } = parseArgs({
  allowPositionals: true,
  options: {
    do: text,
    node: { type: "string", multiple: true },
    out: text,
    parameter: { type: "string", multiple: true, short: "p" },
    retries: text,
    run: text,
    workflow: text,
    "version-of": text
  }
})
const workflow = graphOf(Number(seed), seedSize)
if (values["version-of"] !== versionOf(workflow)) process.exit(64)
const pinnace = await open(":memory:")
const { exitCode, outputs } = await execute(pinnace, workflow, {
  verb: values.do as Verb,
  path: values.node ?? [],
  attempt: Number(values.retries ?? 0) + 1,
  run: values.run ?? "",
  parameters: Object.fromEntries(
    (values.parameter ?? []).map((it) => [it.slice(0, it.indexOf("=")), it.slice(it.indexOf("=") + 1)])
  )
})
await pinnace.close()
mkdirSync(values.out!, { recursive: true })
for (const [name, output] of Object.entries(outputs)) writeFileSync(join(values.out!, name), output)
process.exit(exitCode)
