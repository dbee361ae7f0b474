import { describe, expect, it } from "vitest"
import { open } from "../../../mod.ts"
import { load } from "../../../src/argo/mod.ts"

const pod = (script: string) =>
  `kind: Workflow
metadata: {name: says}
spec:
  entrypoint: main
  templates:
  - name: main
    script: {command: [sh], source: ${JSON.stringify(script)}}
    sidecars: [{name: beside, command: [sh, -c], args: ["printf 'beside, no end'"]}]
`

describe("What a pod prints", () => {
  it("is logged to its last character, also where nothing ends the last line", async () => {
    await using pinnace = await open(":memory:")
    const run = await pinnace.start(load(pod("printf 'one\\n\\ntwo'; printf 'bad' >&2; sleep 0.1; exit 3")), {
      parameters: {}
    })
    await run.ending()
    const lines = (await run.logs()).map(({ level, text }) => `${level} ${text}`)
    expect(lines.toSorted()).toEqual(["info ", "info beside, no end", "info one", "info two", "warn bad"])
  })
})
