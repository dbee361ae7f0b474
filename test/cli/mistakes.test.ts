/** What a loop says of a save that cannot be loaded. */
import { expect, test } from "vitest"
import { mistakeLines } from "../../src/cli/dev/mistakes.ts"
import { NotThere } from "../../src/cli/Usage.ts"

test("What Bun could not parse is shown with its place, as what V8 could not", () => {
  const position = { file: "/app/helper.ts", line: 3, column: 9, lineText: "const a ;" }
  const bun = new NotThere("Cannot load flow.ts: Unexpected ;", { cause: { message: "Unexpected ;", position } })
  const shown = ["Cannot load flow.ts: Unexpected ;", "  at /app/helper.ts:3:9", "const a ;", "        ^"]
  expect(mistakeLines(bun)).toEqual(shown)
  const stack =
    "file:///app/helper.ts:3\nconst a ;\n        ^\n\nSyntaxError: Unexpected ;\n    at compile (node:vm:1:1)"
  const v8 = new NotThere("Cannot load flow.ts: Unexpected ;", { cause: { stack } })
  expect(mistakeLines(v8)).toEqual([shown[0], "  at /app/helper.ts:3", ...shown.slice(2)])
  expect(mistakeLines(new NotThere("There is none"))).toEqual(["There is none"])
})
