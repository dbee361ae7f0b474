import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { open } from "../../../mod.ts"
import { formatIssue, InvalidManifest, lint, load, viewRun } from "../../../src/argo/mod.ts"

const text = `kind: Workflow
metadata: {name: typo}
spec:
  entrypoint: main
  entrypont: other
  templates:
  - name: main
    suspend: {duration: "0", durations: "5"}
`

describe("Fields that Argo does not know", () => {
  it("are errors, with the way on", () => {
    expect(lint([{ name: "typo.yaml", text }]).map(formatIssue)).toEqual([
      'typo.yaml:5:14: error: Unknown field spec.entrypont (Did you mean "entrypoint"?)',
      'typo.yaml:8:41: error: Unknown field spec.templates[0].suspend.durations (Did you mean "duration"?)'
    ])
    const far = text.replace("entrypont", "whatever")
    expect(lint([{ name: "typo.yaml", text: far }]).map(formatIssue)[0]).toBe(
      "typo.yaml:5:13: error: Unknown field spec.whatever (--strict=false runs the manifest without it)"
    )
    expect(() => load(text)).toThrow(InvalidManifest)
  })

  it("are warned of and left out where that is not strict", async () => {
    const warnings: Array<string> = []
    const workflow = load(text, { strict: false, onWarning: (issue) => warnings.push(formatIssue(issue)) })
    expect(warnings).toEqual([
      'manifest.yaml:5:14: warning: Unknown field spec.entrypont is ignored (Did you mean "entrypoint"?)',
      'manifest.yaml:8:41: warning: Unknown field spec.templates[0].suspend.durations is ignored (Did you mean "duration"?)'
    ])
    await using pinnace = await open(":memory:")
    const run = await pinnace.start(workflow, { parameters: {} })
    await run.ending()
    expect(Effect.runSync(viewRun(pinnace.engine, run.id))).toMatchObject({ phase: "Succeeded" })
  })

  it("do not hide what is wrong besides", () => {
    const wrong = text.replace("entrypoint: main", "entrypoint: none")
    expect(lint([{ name: "typo.yaml", text: wrong }], { strict: false }).map(({ severity }) => severity).toSorted())
      .toEqual(["error", "warning", "warning"])
    expect(() => load(wrong, { strict: false })).toThrow("none")
  })
})
