import { answersOf } from "../../journal/answers.ts"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { remote } from "../../../src/engine/control/remote.ts"
import { Bed } from "./Bed.ts"

const templates = `templates:
- {name: ok, container: {command: [x]}}
- {name: bad, container: {command: [x]}}
- {name: slow, container: {command: [x]}}
- {name: gate, inputs: {parameters: [{name: f}]}, container: {command: [x]}}
- {name: rgate, inputs: {parameters: [{name: f}]}, retryStrategy: {limit: "1"}, container: {command: [x]}}
`

/** Gates that are closed until they are opened, and how often each was tried. */
const world = () => {
  const open = new Set<string>()
  const tried = new Map<string, number>()
  const gate = ({ parameters }: { parameters: Readonly<Record<string, string>> }) => {
    const name = parameters["f"]!
    tried.set(name, (tried.get(name) ?? 0) + 1)
    return { exitCode: open.has(name) ? 0 : 1 }
  }
  const slow = ({ signal }: { signal: AbortSignal }) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))))
  return { open, tried, fakes: { ok: () => {}, bad: () => ({ exitCode: 1 }), slow, gate, rgate: gate } }
}

const bed = (spec: string) => {
  const { fakes, open, tried } = world()
  return { open, tried, bed: new Bed(spec.replace("TEMPLATES", templates.trimEnd()), fakes) }
}

const gate = (name: string, template: string, file: string, more = "") =>
  `{name: ${name}, template: ${template}, arguments: {parameters: [{name: f, value: "${file}"}]}${more}}`

describe("manual retry", () => {
  it("i-1: tries a retried task again with its whole budget, and then what depends on it", async () => {
    const it = bed(
      `entrypoint: main\nTEMPLATES\n- {name: main, dag: {tasks: [${
        gate("A", "rgate", "a")
      }, {name: B, template: ok, depends: A}]}}`
    )
    await it.bed.start()
    expect(await it.bed.end()).toBe("Failed")
    expect(it.bed.phases).toMatchObject({ ".A": "Failed", ".A(0)": "Failed", ".A(1)": "Failed", ".B": "Omitted" })
    it.open.add("a")
    await it.bed.retry()
    expect(await it.bed.end()).toBe("Succeeded")
    expect(it.bed.phases).toEqual({ "": "Succeeded", ".A": "Succeeded", ".A(0)": "Succeeded", ".B": "Succeeded" })
    expect(it.tried.get("a")).toBe(3)
  })

  it("i-3: a succeeded hook is no reason to keep a failure", async () => {
    const hooks =
      ', hooks: {exit: {template: ok}, running: {template: ok, expression: "steps.A.status == \\"Running\\""}}'
    const it = bed(
      `entrypoint: main\nTEMPLATES\n- name: main\n  steps:\n  - [${
        gate("A", "rgate", "a", hooks)
      }]\n  - [{name: B, template: ok}]`
    )
    await it.bed.start()
    expect(await it.bed.end()).toBe("Failed")
    expect(it.bed.phases).toMatchObject({
      "[0].A": "Failed",
      "[0].A.onExit": "Succeeded",
      "[0].A.hooks.running": "Succeeded"
    })
    it.open.add("a")
    await it.bed.retry()
    expect(await it.bed.end()).toBe("Succeeded")
    expect(it.bed.phases).toMatchObject({ "[0].A": "Succeeded", "[0].A.onExit": "Succeeded", "[1].B": "Succeeded" })
  })

  it("i-4: keeps what succeeded, in the failed group too", async () => {
    const it = bed(
      `entrypoint: main\nTEMPLATES\n- name: main\n  steps:\n  - [${gate("U", "rgate", "u")}]\n  - [${
        gate("L", "rgate", "{{item}}", ", withItems: [a, b]")
      }]`
    )
    it.open.add("u").add("b")
    await it.bed.start()
    expect(await it.bed.end()).toBe("Failed")
    it.open.add("a")
    await it.bed.retry()
    expect(await it.bed.end()).toBe("Succeeded")
    expect([it.tried.get("u"), it.tried.get("b"), it.tried.get("a")]).toEqual([1, 1, 3])
    expect(Object.keys(it.bed.phases).filter((name) => name.startsWith("[1].L(0:a)"))).toEqual([
      "[1].L(0:a)",
      "[1].L(0:a)(0)"
    ])
  })

  it("i-2: keeps a failure that a dependant consumed", async () => {
    const it = bed(
      `entrypoint: main\nTEMPLATES\n- {name: main, dag: {tasks: [${
        gate("A", "rgate", "a")
      }, {name: B, template: ok, depends: A.Failed}, ${gate("C", "gate", "c", ", depends: B")}]}}`
    )
    await it.bed.start()
    expect(await it.bed.end()).toBe("Failed")
    const before = it.bed.node(".B")?.startedAt
    it.open.add("a").add("c")
    await it.bed.retry()
    expect(await it.bed.end()).toBe("Succeeded")
    expect(it.tried.get("a")).toBe(2)
    expect(it.bed.phases).toMatchObject({ ".A": "Failed", ".A(0)": "Failed", ".A(1)": "Failed", ".C": "Succeeded" })
    expect(it.bed.node(".B")?.startedAt).toBe(before)
  })

  it("i-5: goes on in the last attempt of a retried composite", async () => {
    const it = bed(
      `entrypoint: main\nonExit: ok\nTEMPLATES\n- {name: main, dag: {tasks: [{name: S, template: sub}, {name: T, template: ok, depends: S}]}}\n- {name: sub, retryStrategy: {limit: "1"}, steps: [[${
        gate("x", "gate", "x")
      }], [${gate("y", "gate", "y")}]]}`
    )
    it.open.add("x")
    await it.bed.start()
    expect(await it.bed.end()).toBe("Failed")
    expect(it.tried.get("x")).toBe(2)
    it.open.add("y")
    await it.bed.retry()
    expect(await it.bed.end()).toBe("Succeeded")
    expect(it.tried.get("x")).toBe(2)
    expect(it.bed.phases).toMatchObject({ ".S": "Succeeded", ".T": "Succeeded", ".onExit": "Succeeded" })
  })

  it("i-6: with other parameters loops are made anew", async () => {
    const it = bed(
      `entrypoint: main\narguments: {parameters: [{name: l, value: '["1","2"]'}]}\nTEMPLATES\n- {name: main, dag: {tasks: [{name: P, template: ok, withParam: "{{workflow.parameters.l}}"}, ${
        gate("Q", "gate", "q", ", depends: P")
      }]}}`
    )
    await it.bed.start()
    expect(await it.bed.end()).toBe("Failed")
    it.open.add("q")
    await it.bed.retry()
    expect(await it.bed.end()).toBe("Succeeded")
    expect(it.bed.phases).toMatchObject({
      ".P": "Succeeded",
      ".P(0:1)": "Succeeded",
      ".P(1:2)": "Succeeded",
      ".Q": "Succeeded"
    })
  })
})

describe("stop and terminate", () => {
  const handler = (entry: string, exit: string) =>
    `entrypoint: ${entry}\nonExit: ex\nTEMPLATES\n- {name: ex, steps: [${exit}]}`

  it("ii-1: terminate ends an exit handler with all above it", async () => {
    const it = bed(handler("ok", "[{name: s, template: slow}]"))
    await it.bed.start()
    expect(it.bed.phases).toMatchObject({ ".onExit[0].s": "Running" })
    await it.bed.run.terminate()
    expect(await it.bed.end()).toBe("Failed")
    expect(it.bed.phases).toEqual({
      "": "Succeeded",
      ".onExit": "Failed",
      ".onExit[0]": "Failed",
      ".onExit[0].s": "Failed"
    })
  })

  it("ii-4: also the exit handler of a step", async () => {
    const it = bed(
      "entrypoint: main\nTEMPLATES\n- {name: main, steps: [[{name: m, template: bad, hooks: {exit: {template: ex}}}]]}\n- {name: ex, steps: [[{name: a, template: ok}], [{name: s, template: slow}]]}"
    )
    await it.bed.start()
    expect(it.bed.phases).toMatchObject({ "[0].m.onExit[1].s": "Running" })
    await it.bed.run.terminate()
    expect(await it.bed.end()).toBe("Failed")
    expect(Object.values(it.bed.phases).filter((phase) => phase === "Running" || phase === "Pending")).toEqual([])
    expect(it.bed.phases).toMatchObject({ "[0].m": "Failed", "[0].m.onExit": "Failed", "[0]": "Failed", "": "Failed" })
  })

  it("ii-5: stop ends the main part, and exit handlers run", async () => {
    const it = bed(handler("slow", "[{name: a, template: ok}], [{name: b, template: ok}]"))
    await it.bed.start()
    await it.bed.run.stop()
    expect(await it.bed.end()).toBe("Failed")
    expect(it.bed.phases).toEqual({
      "": "Failed",
      ".onExit": "Succeeded",
      ".onExit[0]": "Succeeded",
      ".onExit[0].a": "Succeeded",
      ".onExit[1]": "Succeeded",
      ".onExit[1].b": "Succeeded"
    })
    expect(it.bed.view.message).toBe("Stopped with strategy 'Stop'")
    await expect(it.bed.run.stop()).rejects.toThrow()
  })

  it("a workflow's deadline ends what runs, not its exit handler", async () => {
    const it = bed(
      "entrypoint: main\nactiveDeadlineSeconds: 10\nonExit: ok\nTEMPLATES\n- {name: main, steps: [[{name: s, template: slow}], [{name: n, template: ok}]]}"
    )
    await it.bed.start()
    await it.bed.engine.skip("10 seconds")
    expect(await it.bed.end()).toBe("Failed")
    expect(it.bed.phases).toEqual({ "": "Failed", "[0]": "Failed", "[0].s": "Failed", ".onExit": "Succeeded" })
    expect(it.bed.node("[0].s")?.message).toBe("Step exceeded its deadline")
  })

  it("a suspended node waits for as long as it says", async () => {
    const it = bed(
      "entrypoint: main\nTEMPLATES\n- {name: wait, suspend: {duration: 1h}}\n- {name: main, steps: [[{name: w, template: wait}], [{name: n, template: ok}]]}"
    )
    await it.bed.start()
    await it.bed.engine.skip("59 minutes")
    expect(it.bed.phases).toMatchObject({ "[0].w": "Running" })
    await it.bed.engine.skip("1 minute")
    expect(it.bed.phases).toMatchObject({ "[0].w": "Succeeded", "[1].n": "Succeeded" })
    expect(await it.bed.end()).toBe("Succeeded")
  })
})

describe("after a crash", () => {
  it("goes on where it was, and runs nothing twice that had ended", async () => {
    const runs: Array<string> = []
    let hold = true
    const spec = `entrypoint: main
templates:
- {name: echo, inputs: {parameters: [{name: v}]}, container: {command: [x]}, outputs: {parameters: [{name: p, globalName: g, valueFrom: {path: /p}}]}}
- {name: flaky, retryStrategy: {limit: 3, backoff: {duration: 1h}}, container: {command: [x]}}
- {name: inner, dag: {tasks: [{name: x, template: echo, arguments: {parameters: [{name: v, value: "{{item}}"}]}, withItems: [1, 2]}, {name: y, template: echo, depends: x, arguments: {parameters: [{name: v, value: "{{tasks.x.outputs.parameters.p}}"}]}}]}, outputs: {parameters: [{name: up, valueFrom: {parameter: "{{tasks.y.outputs.parameters.p}}"}}]}}
- name: main
  steps:
  - [{name: a, template: echo, arguments: {parameters: [{name: v, value: one}]}}, {name: d, template: inner}]
  - [{name: f, template: flaky}]
  - [{name: z, template: echo, arguments: {parameters: [{name: v, value: "{{steps.a.outputs.parameters.p}} {{steps.d.outputs.parameters.up}} {{workflow.outputs.parameters.g}}"}]}}]`
    const bed = new Bed(spec, {
      echo: ({ node, parameters }) => {
        runs.push(node)
        return { parameters: { p: parameters["v"]! } }
      },
      flaky: ({ node }) => {
        runs.push(node)
        return { exitCode: hold ? 1 : 0 }
      }
    })
    await bed.start()
    expect(bed.phases).toMatchObject({ "[0].d.x(1:2)": "Succeeded", "[0].d.y": "Succeeded", "[1].f(0)": "Failed" })
    await bed.engine.skip("30 minutes")
    await bed.crash()
    hold = false
    await bed.engine.settle()
    await bed.engine.skip("29 minutes")
    expect(bed.phases).toMatchObject({ "[1].f": "Running" })
    await bed.engine.skip("1 minute")
    expect(await bed.end()).toBe("Succeeded")
    expect(bed.phases).toMatchObject({ "[1].f(1)": "Succeeded", "[2].z": "Succeeded" })
    expect(bed.node("[2].z")?.inputs.parameters?.[0]?.value).toMatch(/^one \["1","2"\] /)
    expect(runs.toSorted()).toEqual([...new Set(runs)].toSorted())
  })
})

it("a stop whose answer comes after the end is answered: the end is what was asked for", async () => {
  const bed = await new Bed("entrypoint: main\ntemplates:\n- {name: main, suspend: {}}").start()
  const { engine } = bed.engine.pinnace
  const before = answersOf(engine.host.journal).findRun(bed.run.id)!
  await bed.run.stop()
  expect(await bed.end()).toBe("Failed")
  const request = { verb: "stop", args: {}, act: () => Effect.die("nobody is to act on it") } as const
  expect(await Effect.runPromise(remote(engine, before, request))).toEqual({
    ok: true,
    message: `Run ${bed.run.id} has ended (Failed)`
  })
})
