/** Manifests whose containers run on workers of pools, on virtual time: what runs is replaced by functions. */
import { expect, test } from "vitest"
import * as Effect from "effect/Effect"
import { lint, load, loadKept, type LoadOptions, viewRun } from "../../../src/argo/mod.ts"
import type { RunHandle } from "../../../mod.ts"
import type { Pinnace } from "../../../src/embed/Pinnace.ts"
import { spaces } from "../../../src/run/placement.ts"
import { TestBed } from "../../engine/TestBed.ts"

type Fakes = NonNullable<LoadOptions["templates"]>

const manifest = (templates: string, more = "") =>
  `kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
${more.replace(/^/gm, "  ")}
  templates:
${templates.replace(/^/gm, "  ")}
`

const train = (more: string) =>
  `- name: main
  steps:
  - - {name: train, template: train, arguments: {parameters: [{name: n, value: "{{item}}"}]}, withItems: [1, 2]}
  - - {name: tell, template: tell, arguments: {parameters: [{name: n, value: "{{steps.train.outputs.parameters}}"}]}}
- name: train
  inputs: {parameters: [{name: n}]}
  outputs: {parameters: [{name: twice, valueFrom: {path: /tmp/twice}}]}
  container: {image: x, command: [x]}
${more.replace(/^/gm, "  ")}
- name: tell
  inputs: {parameters: [{name: n}]}
  container: {image: x, command: [x]}
`

/** An owner and a worker of a manifest, and where each template ran. */
const played = (source: string, fakes: Fakes = {}, pools: Readonly<Record<string, number>> = { gpu: 2 }) => {
  const bed = new TestBed()
  const ran: Array<string> = []
  const fakesOf = (who: string): Fakes => ({
    train: ({ node, parameters, ...rest }) => {
      ran.push(`${who} ${node}`)
      return fakes["train"]?.({ node, parameters, ...rest }) ??
        { parameters: { twice: String(2 * Number(parameters["n"])) } }
    },
    tell: ({ parameters }) => void ran.push(`${who} tells ${parameters["n"]}`)
  })
  const workflow = load(source, { templates: fakesOf("owner") })
  const owner = bed.open({ workflows: [workflow as never] })
  const work = () =>
    bed.open({
      pools,
      takeOver: false,
      revive: { manifest: (text) => loadKept(text, [], { templates: fakesOf("worker") }) as never }
    })
  return { bed, ran, owner, workflow, work }
}

const nodesOf = (owner: Pinnace, run: RunHandle<unknown>) => Effect.runSync(viewRun(owner.engine, run.id))!.nodes

const gpu = "annotations: {pinnace/pool: gpu}"
const given = "arguments: {parameters: [{name: pool, value: gpu}]}"

/** What is left in the cells of pools. */
const left = ({ disk }: TestBed) =>
  Object.values(spaces).flatMap((it) => it === spaces.workers ? [] : disk.cells.list(it))

test.each([
  ["an annotation", train(gpu), "", "owner"],
  ["its selector", train("nodeSelector: {pinnace/pool: gpu, disk: ssd}"), "", "owner"],
  ["a parameter", train('nodeSelector: {pinnace/pool: "{{workflow.parameters.pool}}"}'), "", "owner"],
  ["an annotation before its selector", train(`${gpu}\nnodeSelector: {pinnace/pool: cpu}`), "", "owner"],
  ["the defaults of templates", train(""), `templateDefaults: {${gpu}}`, "worker"],
  ["the selector of its workflow", train(""), "nodeSelector: {pinnace/pool: gpu}", "worker"]
])("A template that names a pool by %s runs on a worker of it", async (_, templates, more, teller) => {
  const { bed, owner, ran, work, workflow } = played(manifest(templates, `${given}\n${more}`))
  work()
  const { ending } = await bed.play(workflow, { parameters: {} }, owner)
  expect(ending.phase).toBe("Succeeded")
  expect(ran.slice(0, 2).sort()).toEqual(["worker wf[0].train(0:1)", "worker wf[0].train(1:2)"])
  expect(ran.slice(2)).toEqual([`${teller} tells [{"twice":"2"},{"twice":"4"}]`])
  expect(left(bed)).toEqual([])
})

test.each([
  ["an empty annotation", 'annotations: {pinnace/pool: ""}\nnodeSelector: {pinnace/pool: gpu}'],
  ["a selector of its own, as in Argo", "nodeSelector: {disk: ssd}"]
])("A template stays with its run by %s", async (_, more) => {
  const { bed, owner, ran, workflow } = played(manifest(train(more), "nodeSelector: {pinnace/pool: gpu}"))
  const run = await bed.settle(owner.start(workflow, { parameters: {} }))
  await bed.quiet()
  expect(ran.sort()).toEqual(["owner wf[0].train(0:1)", "owner wf[0].train(1:2)"])
  await bed.settle(run.terminate())
  expect((await bed.ended(run)).reason).toBe("Terminated")
  expect(left(bed)).toEqual([])
})

const one = (more: string, body = "container: {image: x, command: [x]}") =>
  `- name: main
  dag:
    tasks: [{name: only, template: train}]
- name: train
  ${gpu}
  ${body}
${more.replace(/^/gm, "  ")}
`

test.each([
  ["a daemon", one("daemon: true"), 'cannot run on the pool "gpu": a daemon is reached by other nodes'],
  ["containers of a set", one("", "containerSet: {containers: [{name: main, image: x, command: [x]}]}"), "are nodes"],
  [
    "a volume of a claim",
    one(
      "volumes: [{name: data, persistentVolumeClaim: {claimName: c}}]",
      "container: {image: x, command: [x], volumeMounts: [{name: data, mountPath: /data}]}"
    ),
    'its volume "data" is a folder of the machine that keeps the run'
  ]
])(
  "%s is refused with a sentence, by lint and where the pool is known only as it begins",
  async (_, templates, why) => {
    expect(() => load(manifest(templates))).toThrow(why)
    const late = templates.replace("pool: gpu", 'pool: "{{workflow.parameters.pool}}"')
    const { bed, owner, workflow } = played(manifest(late, given))
    const { ending, run } = await bed.play(workflow, { parameters: {} }, owner)
    expect(ending.phase).toBe("Error")
    const only = nodesOf(owner, run).find(({ displayName }) => displayName === "only")!
    expect(only).toMatchObject({ phase: "Error", message: expect.stringContaining(why) })
  }
)

test("A template of a workflow that a resource template creates is refused on a pool, with the remedy", async () => {
  const made = `kind: Workflow
      metadata: {generateName: inner-}
      spec:
        entrypoint: only
        templates: [{name: only, ${gpu}, container: {image: x, command: [x]}}]`
  const source = manifest(`- name: main
  resource:
    action: create
    manifest: |
      ${made}
    successCondition: status.phase == Succeeded
    failureCondition: status.phase in (Failed, Error)
`)
  const { bed, owner, ran, work, workflow } = played(source)
  work()
  const { ending, run } = await bed.play(workflow, { parameters: {} }, owner)
  expect(ending.phase).toBe("Failed")
  const told = nodesOf(owner, run).map(({ message }) => message).join("\n")
  expect(told).toContain("a resource template created its workflow, which workers do not know")
  expect(told).toContain("call its templates with templateRef instead")
  expect(ran).toEqual([])
  expect(left(bed)).toEqual([])
})

test("What a run has made of a Secret stands in no offer: the worker reads it where it is recorded", async () => {
  const templates = `- name: main
  steps:
  - - {name: make, template: make}
  - - {name: only, template: train}
- name: make
  resource: {action: create, manifest: '{kind: Secret, metadata: {name: s}, stringData: {key: very-hidden}}'}
- name: train
  ${gpu}
  container: {image: x, command: [x], env: [{name: K, valueFrom: {secretKeyRef: {name: s, key: key}}}]}
`
  const { bed, owner, ran, work, workflow } = played(manifest(templates))
  const run = await bed.settle(owner.start(workflow, { parameters: {} }))
  await bed.quiet()
  const [offer] = bed.disk.cells.list(spaces.offers)
  expect(offer!.data).toContain("secretKeyRef")
  expect(offer!.data).not.toContain("very-hidden")
  work()
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(ran).toEqual(["worker wf[1].only"])
})

test("A pool that nobody offers is told, where all are known; so is one that nothing could run on", () => {
  const found = (text: string, pools?: ReadonlyArray<string>) =>
    lint([{ name: "wf.yaml", text }], pools === undefined ? {} : { pools })
      .filter(({ code }) => code === "pool").map(({ hint, line, message, severity }) => [severity, line, message, hint])
  expect(found(manifest(one("")))).toEqual([])
  expect(found(manifest(one("")), ["gpu"])).toEqual([])
  expect(found(manifest(one("")), ["gpus", "cpu"])).toEqual([
    ["warning", 11, 'Template "train" runs on the pool "gpu", which nobody offers', 'Did you mean "gpus"?']
  ])
  const composite = one("").replace("  dag:", `  ${gpu}\n  dag:`)
  expect(found(manifest(composite))).toMatchObject([
    ["warning", 8, 'Template "main" names a pool, and has no container that could run there', expect.anything()]
  ])
})

test("What waits for a worker says so, and begins once one is there", async () => {
  const { bed, owner, ran, work, workflow } = played(manifest(one("")))
  const run = await bed.settle(owner.start(workflow, { parameters: {} }))
  await bed.quiet()
  expect(JSON.stringify(await bed.settle(run.why()))).toContain("no worker offers gpu")
  work()
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(ran).toEqual(["worker wf.only"])
})

test("Each attempt of a retry is one on the pool, which knows of the one before", async () => {
  const templates = one('retryStrategy: {limit: 3, expression: "asInt(lastRetry.exitCode) == 7"}')
  let many = 0
  const { bed, owner, ran, work, workflow } = played(manifest(templates), {
    train: () => ++many < 3 ? { exitCode: 7 } : {}
  })
  work()
  const { ending, run } = await bed.play(workflow, { parameters: {} }, owner)
  expect(ending.phase).toBe("Succeeded")
  expect(ran).toEqual(["worker wf.only(0)", "worker wf.only(1)", "worker wf.only(2)"])
  const shown = nodesOf(owner, run).filter(({ type }) => type === "Pod").map(({ outputs }) => outputs.exitCode)
  expect(shown).toEqual(["7", "7", "0"])
})

test("A result is remembered and looked up where the run is", async () => {
  const templates = one("memoize: {key: k, cache: {configMap: {name: c}}}\nsynchronization: {mutexes: [{name: m}]}")
  const { bed, owner, ran, work, workflow } = played(manifest(templates))
  work()
  for (let time = 0; time < 2; time++) {
    const { ending } = await bed.play(workflow, { parameters: {} }, owner)
    expect(ending.phase).toBe("Succeeded")
  }
  expect(ran).toEqual(["worker wf.only"])
})

test("The owner's death does not disturb what runs on a pool; the worker's death has it begun again", async () => {
  const begun: Array<{ readonly end: () => void; readonly signal: AbortSignal }> = []
  const fakes: Fakes = { train: ({ signal }) => new Promise((end) => begun.push({ end: () => end({}), signal })) }
  const { bed, owner, ran, work, workflow } = played(manifest(one("")), fakes)
  const first = work()
  const run = await bed.settle(owner.start(workflow, { parameters: {} }))
  await bed.until(() => begun.length === 1)
  await bed.quiet()
  bed.crash(owner)
  const next = bed.open({ workflows: [workflow as never] })
  await bed.quiet()
  bed.crash(first)
  work()
  await bed.until(() => begun.length === 2)
  begun[1]!.end()
  expect((await bed.ended((await bed.settle(next.get(run.id)))!)).phase).toBe("Succeeded")
  expect(ran).toEqual(["worker wf.only", "worker wf.only"])
  expect(left(bed)).toEqual([])
})

test("A stop and a deadline reach what runs on a pool", async () => {
  const signals: Array<AbortSignal> = []
  const fakes: Fakes = {
    train: ({ signal }) =>
      new Promise((end) => {
        signals.push(signal)
        signal.addEventListener("abort", () => end({}))
      })
  }
  const stopped = played(manifest(one("")), fakes)
  stopped.work()
  const run = await stopped.bed.settle(stopped.owner.start(stopped.workflow, { parameters: {} }))
  await stopped.bed.until(() => signals.length === 1)
  await stopped.bed.quiet()
  await stopped.bed.settle(run.stop())
  expect(await stopped.bed.ended(run)).toMatchObject({ phase: "Failed" })
  const late = played(manifest(one("activeDeadlineSeconds: 5")), fakes)
  late.work()
  const { run: ended } = await late.bed.play(late.workflow, { parameters: {} }, late.owner)
  const only = nodesOf(late.owner, ended).find(({ type }) => type === "Pod")!
  expect(only).toMatchObject({ phase: "Failed", message: expect.stringContaining("specified deadline") })
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
})

test("A worker that lacks a Secret leaves its nodes to others, and goes on with other definitions of the name", async () => {
  const secret = (value: string) => `---\nkind: Secret\nmetadata: {name: s}\nstringData: {key: ${value}}\n`
  const { bed, owner, ran, work } = played(manifest(one("")))
  const needs = load(`${manifest(one(""))}${secret("clear")}`, { templates: { train: () => {} } })
  work()
  const run = await bed.settle(owner.start(needs, { parameters: {} }))
  await bed.quiet()
  expect(JSON.stringify(await bed.settle(run.why()))).toContain("no worker with this version of the workflow")
  const plain = load(manifest(one("")), { templates: { train: () => {} } })
  expect((await bed.play(plain, { parameters: {} }, owner)).ending.phase).toBe("Succeeded")
  expect(ran).toEqual(["worker wf.only"])
  const files = [{ name: "s.yaml", text: secret("clear") }]
  const others = { templates: { train: () => void ran.push("worker with the Secret") } }
  bed.open({
    pools: { gpu: 1 },
    takeOver: false,
    revive: { manifest: (text) => loadKept(text, files, others) as never }
  })
  expect((await bed.ended(run)).phase).toBe("Succeeded")
  expect(ran[1]).toBe("worker with the Secret")
})
