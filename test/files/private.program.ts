/** Opens an engine under a umask that hides nothing, and runs a manifest in it. */
import process from "node:process"
import { open } from "../../mod.ts"
import { load } from "../../src/argo/mod.ts"

process.umask(0)
const [file = "", directory = ""] = process.argv.slice(2)
const pinnace = await open(file)
const text = `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    outputs: {artifacts: [{name: out, path: out}]}
    script: {command: [sh], source: echo hi > out}
`
const run = await pinnace.start(load(text, { directory, executor: "process" }), { parameters: {} })
await run.ending()
process.stdout.write("ready\n")
process.stdin.resume()
