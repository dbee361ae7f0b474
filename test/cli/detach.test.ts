/** Which words a command that leaves its run to the background passes on. */
import { expect, it } from "vitest"
import { passedOn } from "../../src/cli/running/detach.ts"

const options = {
  quiet: { type: "boolean", short: "q", about: "" },
  output: { type: "string", short: "o", value: "FORMAT", about: "" },
  parameter: { type: "string", short: "p", multiple: true, value: "NAME=VALUE", about: "" },
  watch: { type: "boolean", about: "" }
} as const

it.each([
  [["f.yaml", "-qo", "json", "-p", "a=b c"], ["f.yaml", "--quiet", "--parameter=a=b c"]],
  [["-qojson", "f.yaml", "--db", "x.db"], ["--quiet", "f.yaml", "--db=x.db"]],
  [["-pa=1", "--parameter", "b=-1", "--output=name", "--watch", "f.yaml"], [
    "--parameter=a=1",
    "--parameter=b=-1",
    "f.yaml"
  ]],
  [["--parameter=-x=", "--", "-o", "f.yaml"], ["--parameter=-x=", "--", "-o", "f.yaml"]]
])("%j: what only concerns who looks on is left out, and nothing else", (given, passed) => {
  expect(passedOn(given, options)).toEqual(passed)
})
