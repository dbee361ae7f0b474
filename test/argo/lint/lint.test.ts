import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { decode } from "../../../src/argo/document/decode/decode.ts"
import { lint } from "../../../src/argo/lint/lint.ts"
import { formatIssue } from "../../../src/argo/document/Issue.ts"
import { caseFolders, casesOf } from "../../conformance/Case.ts"
import { seeded, sweepOf } from "../../run/random.ts"

const problems = (spec: string, more = "") => {
  const text = `kind: Workflow\nmetadata: {name: a}\nspec:\n${spec.replace(/^/gm, "  ")}\n${more}`
  return lint([{ name: "f.yaml", text }]).map(formatIssue)
}
const ok = "- {name: ok, container: {image: x, command: [sh]}}"
const dag = (tasks: string) => problems(`entrypoint: m\ntemplates:\n- {name: m, dag: {tasks: [${tasks}]}}\n${ok}`)
const steps = (step: string, more = "") =>
  problems(`entrypoint: m\ntemplates:\n- {name: m, steps: [[${step}]]}\n${ok}\n${more}`.trimEnd())
const leaf = (fields: string) =>
  problems(`entrypoint: m\ntemplates:\n- {name: m, container: {command: [sh]}, ${fields}}`)

it("A task reads what those give that it waits for, however far away, and nothing of the others", () => {
  const task = (at: number) =>
    `{name: t${at}, template: ok${at === 0 ? "" : `, depends: t${at - 1}`}, when: "'{{tasks.NAME.status}}' != ''"}`
  const chain = (length: number, asks: (at: number) => number) =>
    Array.from({ length }, (_, at) => task(at).replace("NAME", `t${asks(at)}`)).slice(1).join(", ")
  const first = "{name: t0, template: ok}, "
  expect(dag(first + chain(2_000, () => 0))).toEqual([])
  const wrong = dag(first + chain(20, (at) => at + 1))
  expect(wrong).toHaveLength(19)
  expect(wrong[0]).toContain("failed to resolve {{tasks.t2.status}}")
})

describe("lint() accepts", () => {
  it.each([
    ["a workflow", () => problems(`entrypoint: ok\ntemplates:\n${ok}`)],
    [
      "a DAG",
      () => dag("{name: A, template: ok}, {name: B, template: ok, depends: 'A.Succeeded && !(A.Failed || A.Errored)'}")
    ],
    ["loops", () => steps("{name: a, template: ok, withItems: [1, 2], when: '{{item}} == 1'}")],
    [
      "tags of others",
      () => leaf("metadata: {}, script: null, outputs: {parameters: [{name: p, valueFrom: {path: /tmp/x}}]}")
    ]
  ])("%s", (_, find) => expect(find()).toEqual([]))
})

describe("lint() says of metrics", () => {
  const metrics = (...all: ReadonlyArray<string>) => leaf(`metrics: {prometheus: [${all.join(", ")}]}`)
  const counter = 'counter: {value: "1"}'
  it.each<readonly [string, ReadonlyArray<string>]>([
    ['error: The name "a-b" of a metric is invalid', metrics(`{name: a-b, help: h, ${counter}}`)],
    ['error: Metric "a" has no help text', metrics(`{name: a, ${counter}}`)],
    ['error: Metric "a" has no type', metrics("{name: a, help: h}")],
    [
      'error: Metric "a" has several types (counter, gauge)',
      metrics(`{name: a, help: h, ${counter}, gauge: {value: 1}}`)
    ],
    ['error: Metric "a" is a histogram without buckets', metrics("{name: a, help: h, histogram: {value: 1}}")],
    ['error: Metric "a" has a counter without value', metrics("{name: a, help: h, counter: {}}")],
    ['error: Metric "a" has the operation "Mul"', metrics("{name: a, help: h, gauge: {value: 1, operation: Mul}}")],
    [
      'error: Metric "a" has the label "x-y"',
      metrics(`{name: a, help: h, ${counter}, labels: [{key: x-y, value: 1}]}`)
    ],
    ['warning: Metric "a" is realtime', metrics("{name: a, help: h, gauge: {value: 1, realtime: true}}")],
    [
      'warning: Label "x" of metric "a" has a value for each run: {{workflow.name}}',
      metrics(`{name: a, help: h, ${counter}, labels: [{key: x, value: "{{workflow.name}}"}]}`)
    ],
    [
      'warning: Metric "a" has another help text, type or buckets',
      metrics(`{name: a, help: h, ${counter}}`, `{name: a, help: i, ${counter}}`)
    ],
    [
      "error: failed to resolve {{outputs.parameters.q}}",
      metrics(`{name: a, help: h, gauge: {value: "{{outputs.parameters.q}}"}}`)
    ]
  ])("%s", (message, found) => {
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message)
  })

  it("nothing where they say all that is needed", () => {
    const gauge = 'gauge: {value: "{{duration}}", realtime: true}'
    expect(metrics(
      `{name: "a_{{workflow.name}}", help: h, when: "{{status}} == Failed", ${counter}}`,
      `{name: g, help: h, ${gauge}, labels: [{key: s, value: "{{outputs.result}}{{exitCode}}"}]}`
    )).toEqual([])
  })
})

describe("lint() refuses", () => {
  it.each<readonly [string, ReadonlyArray<string>]>([
    [
      'f.yaml:4:15: error: The entrypoint: template "oj" is not defined (Did you mean "ok"?)',
      problems(`entrypoint: oj\ntemplates:\n${ok}`)
    ],
    ["The workflow has no entrypoint", problems(`templates:\n${ok}`)],
    ['Template name "ok" is not unique', problems(`entrypoint: ok\ntemplates:\n${ok}\n${ok}`)],
    ['A template name "a_b" is invalid', problems("entrypoint: a_b\ntemplates:\n- {name: a_b, container: {}}")],
    ['Template "m" has several types (container, script)', leaf("script: {source: x}")],
    [
      "activeDeadlineSeconds is for templates that run something",
      problems(
        `entrypoint: m\ntemplates:\n- {name: m, timeout: 5s, activeDeadlineSeconds: 5, steps: [[{name: a, template: ok}]]}\n${ok}`
      )
    ],
    ["parallelism is only for steps and dag templates", leaf("parallelism: 2")],
    ['timeout "soon" is not a duration', leaf("timeout: soon")],
    ['retryStrategy.limit is "x"', leaf("retryStrategy: {limit: x}")],
    ['The retry policy "Allways" is unknown (Did you mean "Always"?)', leaf("retryStrategy: {retryPolicy: Allways}")],
    ["unexpected end of expression", leaf("retryStrategy: {expression: '1 +'}")],
    ["memoize has no key", leaf("memoize: {cache: {configMap: {name: c}}}")],
    ["A mutex has no name", leaf("synchronization: {mutexes: [{}]}")],
    [
      "A semaphore needs configMapKeyRef with name and key, or database with key",
      leaf("synchronization: {semaphores: [{configMapKeyRef: {name: c}}]}")
    ],
    [
      'There is no strategy "OnCompletion" of artifact collection',
      leaf("outputs: {artifacts: [{name: a, path: /a, artifactGC: {strategy: OnCompletion}}]}")
    ],
    ["needs valueFrom.path", leaf("outputs: {parameters: [{name: p, valueFrom: {parameter: x}}]}")],
    [
      "has several sources (path, expression)",
      leaf("outputs: {parameters: [{name: p, valueFrom: {path: x, expression: '1'}}]}")
    ],
    ['Output artifact "a" has no path', leaf("outputs: {artifacts: [{name: a}]}")],
    [
      'Two input artifacts have the path "/x"',
      leaf("inputs: {artifacts: [{name: a, path: /x, raw: {data: ''}}, {name: b, path: /x, raw: {data: ''}}]}")
    ],
    ['"z" is not one of the values of "p": x, y', leaf("inputs: {parameters: [{name: p, value: z, enum: [x, y]}]}")],
    [
      "failed to resolve {{inputs.parameters.q}}",
      leaf("inputs: {parameters: [{name: p, value: '{{inputs.parameters.q}}'}]}")
    ],
    [
      "failed to resolve {{workflow.parameters.p}}",
      leaf("inputs: {parameters: [{name: p, value: '{{workflow.parameters.p}}'}]}")
    ],
    ["failed to resolve {{item}}", steps("{name: a, template: ok, when: '{{item}} == 1'}")],
    ["unexpected token", leaf("inputs: {parameters: [{name: p, value: '{{= 1 1}}'}]}")],
    ["Invalid 'when' expression", steps("{name: a, template: ok, when: 'a =='}")],
    ['Hook "h" of Step "a" has no expression', steps("{name: a, template: ok, hooks: {h: {template: ok}}}")],
    [
      'inputs.parameters.must was not supplied (Did you mean "musd"?)',
      steps(
        "{name: a, template: n, arguments: {parameters: [{name: musd, value: x}]}}",
        "- {name: n, inputs: {parameters: [{name: must}]}, container: {}}"
      )
    ],
    [
      'calls template "t" of "w", which is not in the given files',
      steps("{name: a, templateRef: {name: w, template: t}}")
    ],
    ["needs either count or end", steps("{name: a, template: ok, withSequence: {start: 1}}")],
    [
      "continueOn cannot be used with depends",
      dag("{name: A, template: ok, continueOn: {failed: true}}, {name: B, template: ok, depends: A}")
    ],
    ["begins with a digit", dag("{name: 1A, template: ok}, {name: B, template: ok, depends: 1A}")],
    ["lacks a closing parenthesis", dag("{name: A, template: ok}, {name: B, template: ok, depends: (A}")],
    [
      "Tasks wait for each other in a cycle: A → B → A",
      dag("{name: A, template: ok, depends: B}, {name: B, template: ok, depends: A}")
    ]
  ])("%s", (expected, found) => expect(found.join("\n")).toContain(expected))

  it("an unknown target with a hint", () => {
    expect(
      problems(
        `entrypoint: m\ntemplates:\n- {name: m, dag: {target: Alfa, tasks: [{name: Alpha, template: ok}]}}\n${ok}`
      )
    ).toEqual([
      'f.yaml:6:29: error: Target "Alfa" is not a task of this DAG (Did you mean "Alpha"?)'
    ])
  })
})

describe("the conformance cases, the given ones and our own", () => {
  const cases = casesOf(caseFolders())
  const means = { plugins: { case: "http://127.0.0.1" } }

  it.each(cases.filter(({ expected }) => expected.lint?.ok === false))(
    "$name is refused",
    ({ expected, name, text }) => {
      const issues = lint([{ name, text }], means).filter(({ severity }) => severity === "error")
      const found = issues.map(formatIssue).join("\n")
      expect(issues.length).toBeGreaterThan(0)
      for (const word of expected.lint?.mentions ?? []) expect(found.toLowerCase()).toContain(word.toLowerCase())
      for (const { column, file, hint, line } of issues) {
        expect([file, line > 0, column > 0, hint !== ""]).toEqual([
          name,
          true,
          true,
          true
        ])
      }
    }
  )

  it("are accepted where they are to run", () => {
    for (const { expected, name, text } of cases) {
      if (expected.lint?.ok === false || expected.submitRefused === true) continue
      const errors = lint([{ name, text }], means).filter(({ severity }) => severity === "error").map(formatIssue)
      expect(errors, name).toEqual([])
    }
  })
})

it("checks a manifest of 10,000 lines", () => {
  const template = (index: number) =>
    `  - name: t${index}\n    inputs:\n      parameters:\n      - name: a\n        value: "{{workflow.name}}"\n    container:\n      image: x\n      command: [sh, -c]\n      args: ["echo {{inputs.parameters.a}}"]\n      env:\n      - name: X\n        value: y\n`
  const text = `kind: Workflow\nmetadata: {name: a}\nspec:\n  entrypoint: t0\n  templates:\n${
    Array.from({ length: 834 }, (_, index) => template(index)).join("")
  }`
  expect(text.split("\n").length).toBeGreaterThan(10_000)
  expect(lint([{ name: "big", text }])).toEqual([])
})

it("ends with problems, never with a crash, whatever is changed in a manifest", () => {
  const { below, pick } = seeded(5)
  const folder = new URL("../../conformance/cases/", import.meta.url)
  const texts = readdirSync(folder).filter((name) => name.endsWith(".yaml")).map((name) =>
    readFileSync(new URL(name, folder), "utf8")
  )
  for (let count = 0; count < sweepOf(600); count++) {
    const lines = pick(texts).split("\n")
    for (let edits = 1 + below(3); edits > 0; edits--) {
      const [at, other] = [below(lines.length), below(lines.length)]
      const edit = below(4)
      if (edit === 0) lines.splice(at, 1)
      else if (edit === 1) lines.splice(at, 0, lines[other]!)
      else if (edit === 2) {
        lines[at] = lines[at]!.replace(/[\w.]+/, (word) => pick(["null", "[]", "{}", "5", `${word}x`]))
      } else lines[at] = lines[at]!.replace(/[{}[\],:"']/, "")
    }
    const text = lines.join("\n")
    expect(() => lint([{ name: "f", text }]), text).not.toThrow()
  }
})

it("Forms of earlier versions mean what is written today, with one warning each that says so", () => {
  const exits = "- - {name: a, template: ok, onExit: ok}\n    - {name: b, template: ok, onExit: ok}"
  const text = [
    "entrypoint: m",
    "synchronization: {mutex: {name: x}, mutexes: [{name: y}], semaphore: {configMapKeyRef: {name: c, key: k}}}",
    `templates:\n- name: m\n  steps:\n  ${exits}\n${ok}`
  ].join("\n")
  expect(problems(text)).toEqual([
    "f.yaml:5:28: warning: spec.synchronization.mutex is a form of earlier versions of Argo (Write mutexes: [{…}])",
    "f.yaml:5:72: warning: spec.synchronization.semaphore is a form of earlier versions of Argo (Write semaphores: [{…}])",
    "f.yaml:9:41: warning: spec.templates[0].steps[0][0].onExit is a form of earlier versions of Argo (Write hooks: {exit: {template: …}})"
  ])
  const { workflows } = decode([{ name: "f", text: `kind: Workflow\nspec:\n${text.replace(/^/gm, "  ")}` }])
  expect(workflows[0]!.document.spec.synchronization).toEqual({
    mutexes: [{ name: "y" }, { name: "x" }],
    semaphores: [{ configMapKeyRef: { name: "c", key: "k" } }]
  })
})
