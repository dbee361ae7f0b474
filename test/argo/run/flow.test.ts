import { describe, expect, it } from "vitest"
import { answersOf } from "../../journal/answers.ts"
import { Bed } from "./Bed.ts"

const leaf = (name: string, inputs = "") =>
  `- {name: ${name}, ${inputs === "" ? "" : `inputs: {parameters: [${inputs}]}, `}container: {command: [x]}}`
const echo =
  "- {name: echo, inputs: {parameters: [{name: v}]}, container: {command: [x]}, outputs: {parameters: [{name: p, valueFrom: {path: /p}}]}}"
const echoes = {
  echo: ({ parameters }: { parameters: Readonly<Record<string, string>> }) => ({
    parameters: { p: parameters["v"]! },
    result: parameters["v"]!
  })
}
const call = (name: string, value: string, more = "") =>
  `{name: ${name}, template: echo, arguments: {parameters: [{name: v, value: ${JSON.stringify(value)}}]}${more}}`
const steps = (...groups: ReadonlyArray<string>) =>
  `entrypoint: main\ntemplates:\n${echo}\n- name: main\n  steps:\n${groups.map((group) => `  - [${group}]`).join("\n")}`
const input = (bed: Bed, name: string) => bed.node(name)?.inputs.parameters?.[0]?.value

it("a loop succeeds when its turns do, whatever else shares the places of its template", async () => {
  const task = (name: string, more: string) => `    - {name: ${name}, template: ${more}}`
  const bed = await new Bed(
    [
      "entrypoint: main",
      "templates:",
      leaf("fails"),
      leaf("works"),
      "- name: main",
      "  parallelism: 1",
      "  dag:",
      "    failFast: false",
      "    tasks:",
      task("a", "fails"),
      task("b", 'works, depends: "!a.Omitted"'),
      task("c", 'works, when: "1 == 2", depends: "b.Failed"'),
      task("loop", "works, withSequence: {count: 3}"),
      task("d", "fails")
    ].join("\n"),
    { fails: () => ({ exitCode: 1 }), works: () => "1" }
  ).start()
  expect(await bed.end()).toBe("Failed")
  expect(bed.phases).toMatchObject({ ".loop": "Succeeded", ".c": "Omitted", ".b": "Succeeded" })
})

describe("steps", () => {
  it("pass results, parameters and item values on, whatever they contain", async () => {
    for (const nasty of ['"}], "args": ["x', "{{workflow.name}}", "{{=1+1}}", "a\\b'c\n$HOME`id`", "é😀\u0000", "$&"]) {
      const bed = await new Bed(
        `${
          steps(
            call("a", "{{workflow.parameters.in}}"),
            `${call("b", "{{steps.a.outputs.result}}")}, ${call("c", "{{=steps.a.outputs.parameters.p}}")}`,
            call("d", "{{item}}", `, withParam: "{{=toJson([steps.b.outputs.result])}}"`)
          )
        }\narguments: {parameters: [{name: in}]}`,
        echoes
      ).start({ in: nasty })
      expect(await bed.end()).toBe("Succeeded")
      expect([input(bed, "[1].b"), input(bed, "[1].c"), bed.view.nodes.at(-1)?.inputs.parameters?.[0]?.value]).toEqual([
        nasty,
        nasty,
        nasty
      ])
    }
  })

  it("name and number the turns of loops, and gather what they gave", async () => {
    const bed = await new Bed(
      steps(
        `${call("items", "{{item}}", ", withItems: [1, two, true]")}, ${
          call("maps", "{{item.k}}", ", withItems: [{k: v(1), a: b}]")
        }, ${call("seq", "{{item}}", ", withSequence: {start: '3', end: '1', format: n%02d}")}`,
        `${call("list", "{{steps.items.outputs.result}}")}, ${call("params", "{{steps.seq.outputs.parameters.p}}")}, ${
          call("sets", "{{steps.maps.outputs.parameters}}")
        }`
      ),
      echoes
    ).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(Object.keys(bed.phases)).toEqual(
      expect.arrayContaining(["[0].items(1:two)", "[0].maps(0:a:b,k:v1)", "[0].seq(2:n01)"])
    )
    expect(input(bed, "[1].list")).toBe('[1,"two",true]')
    expect(input(bed, "[1].params")).toBe('["n03","n02","n01"]')
    expect(input(bed, "[1].sets")).toBe('[{"p":"v(1)"}]')
  })

  it("skip by guard, by item, and where there is nothing to loop over", async () => {
    const bed = await new Bed(
      steps(
        `${call("no", "x", ", when: '1 == 2'")}, ${
          call("some", "{{item}}", ", withItems: [1, 2], when: '{{item}} == 2'")
        }, ${call("none", "x", ", withParam: '[]'")}`
      ),
      echoes
    ).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(bed.phases).toMatchObject({
      "[0].no": "Skipped",
      "[0].some(0:1)": "Skipped",
      "[0].some(1:2)": "Succeeded",
      "[0].none": "Skipped"
    })
    expect(bed.node("[0].no")?.message).toBe("when '1 == 2' evaluated false")
    expect(bed.node("[0].none")?.message).toBe("Skipped, empty params")
  })

  it("stop at the group that failed, unless the failure may be passed over", async () => {
    const fails = { ...echoes, bad: () => ({ exitCode: 3 }) }
    const spec = (more: string) =>
      `${steps(`{name: b, template: bad${more}}, ${call("a", "x")}`, call("next", "y"))}\n${leaf("bad")}`
    const strict = await new Bed(spec(""), fails).start()
    expect(await strict.end()).toBe("Failed")
    expect(strict.phases).toEqual({ "": "Failed", "[0]": "Failed", "[0].b": "Failed", "[0].a": "Succeeded" })
    expect(strict.node("[0]")?.message).toBe(`child '${strict.node("[0].b")?.id}' failed`)
    const loose = await new Bed(spec(", continueOn: {failed: true}"), fails).start()
    expect(await loose.end()).toBe("Succeeded")
    expect(loose.phases).toMatchObject({ "[0].b": "Failed", "[1].next": "Succeeded" })
  })

  it("end with Error where something cannot be resolved, and say what", async () => {
    const bed = await new Bed(steps(call("a", "{{=asInt('word')}}"), call("b", "x")), echoes).start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.node("[0].a")).toMatchObject({ phase: "Error", type: "Skipped" })
    expect(bed.view.message).toContain("invalid operation: int(word)")
  })

  it("recurse until a guard ends it, or the bound does", async () => {
    const go = (guard: string) =>
      `entrypoint: go\ntemplates:\n- name: go\n  inputs: {parameters: [{name: n, value: "3"}]}\n  steps:\n  - [{name: again, template: go, ${guard}arguments: {parameters: [{name: n, value: "{{=asInt(inputs.parameters.n) - 1}}"}]}}]`
    const bounded = await new Bed(go('when: "{{inputs.parameters.n}} > 1", ')).start()
    expect(await bounded.end()).toBe("Succeeded")
    expect(bounded.node("[0].again[0].again[0].again")?.phase).toBe("Skipped")
    const endless = await new Bed(go("")).start()
    expect(["Failed", "Error"]).toContain(await endless.end())
  })
})

describe("a DAG", () => {
  const dag = (tasks: string, more = "") =>
    `entrypoint: main\ntemplates:\n${echo}\n${leaf("bad")}\n- name: main\n  dag: {${more}tasks: [${tasks}]}`
  const fakes = { ...echoes, bad: () => ({ exitCode: 1 }) }
  const ok = (name: string, depends = "") =>
    call(name, name, depends === "" ? "" : `, depends: ${JSON.stringify(depends)}`)

  it("runs tasks after what they depend on, and asks for results", async () => {
    const bed = await new Bed(
      dag(
        `${ok("A")}, {name: B, template: bad, depends: A}, ${ok("C", "B.Failed")}, ${ok("D", "B.Succeeded")}, ${
          ok("E", "C && (D.Omitted || D)")
        }`
      ),
      fakes
    ).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(bed.phases).toEqual({
      "": "Succeeded",
      ".A": "Succeeded",
      ".B": "Failed",
      ".C": "Succeeded",
      ".D": "Omitted",
      ".E": "Succeeded"
    })
    expect(bed.node(".D")?.message).toBe("omitted: depends condition not met")
  })

  it("fails with a leaf, and with what an omitted leaf takes over", async () => {
    const bed = await new Bed(dag(`{name: A, template: bad}, ${ok("B", "A.Succeeded")}, ${ok("C")}`), fakes).start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.phases).toMatchObject({ ".A": "Failed", ".B": "Omitted", ".C": "Succeeded" })
  })

  it("groups the turns of a looping task", async () => {
    const loop = `{name: L, template: bad, withItems: [1, 2]}, ${ok("any", "L.AnySucceeded")}, ${
      ok("all", "L.AllFailed")
    }`
    const bed = await new Bed(dag(loop), fakes).start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.node(".L")?.type).toBe("TaskGroup")
    expect(bed.phases).toMatchObject({ ".L": "Failed", ".L(0:1)": "Failed", ".any": "Omitted", ".all": "Succeeded" })
  })

  it("runs only what its target needs", async () => {
    const bed = await new Bed(dag(`${ok("A")}, ${ok("B", "A")}, ${ok("C")}`, "target: B, "), fakes).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(Object.keys(bed.phases)).toEqual(["", ".A", ".B"])
  })

  it("does without the outputs of a skipped task where there is a default", async () => {
    const bed = await new Bed(
      `${
        dag(
          `${
            ok("A").replace("}}", "}}").replace("{name: A", '{name: A, when: "1 == 2"')
          }, {name: B, template: deflt, depends: A, arguments: {parameters: [{name: v, value: "{{tasks.A.outputs.parameters.p}}"}]}}`
        )
      }\n${leaf("deflt", "{name: v, default: fallback}")}`,
      { ...fakes, deflt: () => {} }
    ).start()
    expect(await bed.end()).toBe("Succeeded")
    expect(input(bed, ".B")).toBe("fallback")
  })
})

describe("retries", () => {
  const flaky = (strategy: string, ...codes: ReadonlyArray<number>) => {
    const rest = [...codes]
    return new Bed(`entrypoint: a\ntemplates:\n- {name: a, container: {command: [x]}, retryStrategy: {${strategy}}}`, {
      a: () => ({ exitCode: rest.shift() ?? 0 })
    })
  }

  it("wait as the backoff says and name their attempts", async () => {
    const bed = await flaky("limit: 3, backoff: {duration: 10s, factor: 2}", 1, 1, 0).start()
    const started = bed.engine.clock.time.now
    expect(await bed.end()).toBe("Succeeded")
    expect(bed.phases).toEqual({ "": "Succeeded", "(0)": "Failed", "(1)": "Failed", "(2)": "Succeeded" })
    expect(bed.engine.clock.time.now - started).toBe(30_000)
  })

  it.each<readonly [string, string, ReadonlyArray<number>, string, number]>([
    ["the limit", "limit: 1", [1, 1, 0], "No more retries left", 2],
    ["the policy", "limit: 5, retryPolicy: OnError", [1], "main: Error (exit code 1)", 1],
    [
      "the expression",
      "limit: 5, expression: 'asInt(lastRetry.exitCode) < 2'",
      [1, 2],
      "retryStrategy.expression evaluated to false",
      2
    ],
    [
      "the longest time",
      "limit: 9, backoff: {duration: 10s, maxDuration: 25s}",
      [1, 1, 1, 1],
      "Backoff would exceed max duration limit",
      3
    ]
  ])("end by %s", async (_, strategy, codes, message, attempts) => {
    const bed = await flaky(strategy, ...codes).start()
    expect(await bed.end()).toBe("Failed")
    expect(bed.view.message).toBe(message)
    expect(bed.view.nodes).toHaveLength(attempts + 1)
  })
})

it("An answer that nobody gave is the default, filled in from the inputs of the template", async () => {
  const bed = await new Bed(
    `entrypoint: main
templates:
${echo}
- name: ask
  inputs: {parameters: [{name: usual}]}
  suspend: {duration: "1"}
  outputs: {parameters: [{name: answer, valueFrom: {supplied: {}, default: "{{inputs.parameters.usual}}!"}}]}
- name: main
  steps:
  - [{name: a, template: ask, arguments: {parameters: [{name: usual, value: "yes"}]}}]
  - [${call("b", "{{steps.a.outputs.parameters.answer}}")}]`,
    echoes
  ).start()
  expect(await bed.end()).toBe("Succeeded")
  expect(input(bed, "[1].b")).toBe("yes!")
})

describe("A template that calls itself", () => {
  const counts = (until: string) => `
entrypoint: count
templates:
- name: count
  inputs: {parameters: [{name: n, value: "0"}]}
  steps:
  - - name: next
      template: count
      when: "${until}"
      arguments: {parameters: [{name: n, value: "{{=asInt(inputs.parameters.n) + 1}}"}]}`

  it("goes as deep as Argo allows, whatever the engine's own limit is", async () => {
    const bed = await new Bed(counts("{{inputs.parameters.n}} < 60")).start()
    expect(await bed.end()).toBe("Succeeded")
  })

  it("ends with Argo's error beyond that", async () => {
    const bed = await new Bed(counts("true")).start()
    expect(await bed.end()).not.toBe("Succeeded")
    expect(JSON.stringify(bed.view)).toContain("Maximum recursion depth exceeded")
  })
})

it("why names what the open nodes of a manifest wait for, and none of the groups around them", async () => {
  const bed = await new Bed(
    `entrypoint: main
templates:
- name: main
  steps:
  - - {name: a, template: again}
    - {name: s, template: hold}
- {name: hold, suspend: {}}
- name: again
  retryStrategy: {limit: "3", backoff: {duration: "1h"}}
  container: {image: x, command: [x]}`,
    { again: () => ({ exitCode: 1 }) }
  ).start()
  expect(await bed.run.why()).toEqual([
    { path: "main/entry/group-0/a", kind: "running", because: "it is running, and its next node has not begun" },
    { path: "main/entry/group-0/s", because: "it waits for a signal" }
  ])
})

it("spec.parallelism bounds pods of every kind, and the next one begins once the record has the end before it", async () => {
  const bed = await new Bed(
    `entrypoint: main
parallelism: 1
templates:
- name: main
  dag: {tasks: [{name: a, template: one}, {name: b, template: set}, {name: c, template: one}, {name: d, template: set}]}
- {name: one, container: {image: x, command: [x]}}
- {name: set, containerSet: {containers: [{name: main, image: x, command: [x]}]}}`,
    { one: () => "1", set: () => "1" }
  ).start()
  expect(await bed.end()).toBe("Succeeded")
  const { journal } = bed.engine.pinnace.engine.host
  const run = answersOf(journal).findRun(bed.run.id)!
  let inside = 0
  const changes = answersOf(journal).events(run.key, 0).flatMap(({ event }) => {
    if (!("path" in event) || !/entry\/[abcd]$/.test(event.path)) return []
    return event.type === "NodeStarted" ? [++inside] : event.type === "NodeFinished" ? [--inside] : []
  })
  expect(changes).toEqual([1, 0, 1, 0, 1, 0, 1, 0])
})
