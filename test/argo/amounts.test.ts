/**
 * Amounts in manifests: what is written out is refused where it stands, what a parameter puts in fails its own node.
 */
import { expect, test } from "vitest"
import { open } from "../../mod.ts"
import { TestEngine } from "../../src/testing/mod.ts"
import { lint, load } from "../../src/argo/mod.ts"

const manifest = (spec: string, template: string, value = "1"): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: odd}
spec:
  entrypoint: main
${spec}
  arguments: {parameters: [{name: v, value: ${JSON.stringify(value)}}]}
  templates:
  - name: work
    suspend: {duration: "0"}
  - name: main
    inputs: {parameters: [{name: v, value: "{{workflow.parameters.v}}"}]}
${template}
`

const inSpec = (field: string) => (value: string) =>
  manifest(`  ${field.replace("VALUE", value)}`, '    suspend: {duration: "0"}')
const inTemplate = (field: string) => (value: string) =>
  manifest(
    "",
    `${field.includes("suspend") || field.includes("steps") ? "" : '    suspend: {duration: "0"}\n'}    ${
      field.replace("VALUE", value)
    }`
  )

const durations = {
  "suspend.duration": inTemplate("suspend: {duration: VALUE}"),
  "backoff.duration": inTemplate("retryStrategy: {limit: 1, backoff: {duration: VALUE}}"),
  "backoff.maxDuration": inTemplate("retryStrategy: {limit: 1, backoff: {duration: 1, maxDuration: VALUE}}"),
  "backoff.cap": inTemplate("retryStrategy: {limit: 1, backoff: {duration: 1, cap: VALUE}}"),
  "templates[1].timeout": inTemplate("timeout: VALUE"),
  "templates[1].activeDeadlineSeconds": inTemplate("activeDeadlineSeconds: VALUE"),
  "memoize.maxAge": inTemplate("memoize: {key: a, maxAge: VALUE, cache: {configMap: {name: c}}}"),
  "spec.activeDeadlineSeconds": inSpec("activeDeadlineSeconds: VALUE")
}

const wholes = {
  "retryStrategy.limit": inTemplate("retryStrategy: {limit: VALUE}"),
  "backoff.factor": inTemplate("retryStrategy: {limit: 1, backoff: {duration: 1, factor: VALUE}}"),
  "withSequence.count": inTemplate("steps: [[{name: a, template: work, withSequence: {count: VALUE}}]]"),
  "withSequence.end": inTemplate("steps: [[{name: a, template: work, withSequence: {end: VALUE}}]]")
}

const counts = {
  "spec.parallelism": inSpec("parallelism: VALUE"),
  "secondsAfterCompletion": inSpec("ttlStrategy: {secondsAfterCompletion: VALUE}"),
  "secondsAfterSuccess": inSpec("ttlStrategy: {secondsAfterSuccess: VALUE}"),
  "secondsAfterFailure": inSpec("ttlStrategy: {secondsAfterFailure: VALUE}")
}

const noNumbers = [
  "NaN",
  "Infinity",
  "1e300",
  "9007199254740992",
  "99999999999999999999999",
  '"a\\0b"',
  '"\\uD800"',
  "true"
]
const cases = [
  ...Object.entries(durations).map((it) => [...it, [...noNumbers, "-1", "-5s", "99999999999999999h", "abc"]] as const),
  ...Object.entries(wholes).map((it) => [...it, [...noNumbers, "1.5", "1m", '"0x10"']] as const),
  ...Object.entries(counts).map((it) => [...it, [...noNumbers, "-1", "1.5", '"1"']] as const),
  ["spec.priority", inSpec("priority: VALUE"), [...noNumbers, "1.5", '"1"']] as const
]

test.each(cases)("%s that is none is refused where it stands, and only that", (field, write, values) => {
  for (const value of values) {
    const text = write(value)
    const issues = lint([{ name: "odd.yaml", text }])
    expect(issues.map(({ message }) => message), value).toEqual([expect.stringContaining(field)])
    expect(text.split("\n")[issues[0]!.line - 1], value).toContain(value)
  }
})

const put = {
  "suspend.duration": 'suspend: {duration: "{{inputs.parameters.v}}"}',
  "retryStrategy.limit": 'suspend: {duration: "0"}\n    retryStrategy: {limit: "{{inputs.parameters.v}}"}',
  "withSequence.count": 'steps: [[{name: a, template: work, withSequence: {count: "{{inputs.parameters.v}}"}}]]'
}

test("What a parameter puts in fails its own node, and says what it is", async () => {
  await using pinnace = await open(":memory:")
  for (const [field, template] of Object.entries(put)) {
    for (const value of ["NaN", "1e300", "99999999999999999999999", "abc", "1h\0"]) {
      const run = await pinnace.start(load(manifest("", `    ${template}`, value)), { parameters: {} })
      expect(await run.outcome(), `${field} ${value}`).toMatchObject({ phase: expect.stringMatching(/Failed|Error/) })
      expect((await run.nodes()).map(({ message }) => message).join(), value).toContain(`${field} `)
    }
  }
})

test("A fraction of a millisecond is waited for to its end", async () => {
  const engine = new TestEngine()
  const run = await engine.pinnace.start(load(durations["suspend.duration"]("1.0005")), { parameters: {} })
  await engine.settle()
  const waiting = (await run.nodes()).find(({ waiting }) => waiting !== undefined)!
  expect(waiting.until! - waiting.startedAt!).toBe(1_001)
  await engine.finish(run)
  await engine.close()
})
