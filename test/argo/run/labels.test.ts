/** Labels of runs of manifests, and the runs that a selector of labels finds. */
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { open, type Pinnace } from "../../../mod.ts"
import { load, viewRun } from "../../../src/argo/mod.ts"

const steps =
  `entrypoint: main, templates: [{name: main, steps: [[{name: a, template: g, arguments: {parameters: [{name: v, value: "{{workflow.labels}} {{workflow.scheduledTime}}"}]}}]]}, {name: g, inputs: {parameters: [{name: v}]}, suspend: {duration: "0"}}]`

const plain = (labels: string) =>
  `{kind: Workflow, metadata: {name: plain, labels: ${labels}}, spec: {${steps}}}`
    .replace(" {{workflow.scheduledTime}}", "")
const cron =
  `{kind: CronWorkflow, metadata: {name: tick, labels: {of: cron}}, spec: {schedule: "0 0 1 1 *", workflowMetadata: {labels: {app: night}}, workflowSpec: {${steps}}}}`
const template =
  `{kind: WorkflowTemplate, metadata: {name: lib, labels: {of: template}}, spec: {entrypoint: g, templates: [{name: g, suspend: {duration: "0"}}]}}
---
{kind: Workflow, metadata: {name: uses, labels: {app: user}}, spec: {workflowTemplateRef: {name: lib}}}`

let pinnace: Pinnace
beforeAll(async () => {
  pinnace = await open(":memory:")
  const start = async (text: string, id: string, labels = {}) => {
    const run = await pinnace.start(load(text), { parameters: {} }, { id, labels })
    await run.ending()
  }
  await start(plain("{app: web, n: '1'}"), "web")
  await start(plain("{app: api, n: '12'}"), "api", { n: "20", by: "hand", "pinnace/own": "x" })
  await start(cron, "tick-by-hand")
  await start(template, "uses")
})
afterAll(() => pinnace.close())

describe("Labels of manifests", () => {
  it.each([
    ["app=web", ["web"]],
    ["app in (web,api),n>12", ["api"]],
    ["workflows.argoproj.io/cron-workflow=tick", ["tick-by-hand"]],
    ["workflows.argoproj.io/cron-workflow,app=night,!of", ["tick-by-hand"]],
    ["workflows.argoproj.io/workflow-template=lib,app=user", ["uses"]],
    ["workflows.argoproj.io/phase=Succeeded,!workflows.argoproj.io/workflow-template,by", ["api"]]
  ])("%s", async (labels, ids) => expect((await pinnace.list({ labels })).map(({ id }) => id)).toEqual(ids))

  const said = (id: string) =>
    Effect.runSync(viewRun(pinnace.engine, id))!.nodes.find(({ displayName }) => displayName === "a")!.inputs
      .parameters![0]!.value

  it("are variables of the run, with those that its starter gave", () => {
    expect(said("web")).toBe('{"app":"web","n":"1"}')
    expect(said("api")).toBe('{"app":"api","by":"hand","n":"20"}')
  })

  it("of a CronWorkflow that is run by hand are those of its runs, and it is due now", async () => {
    const [, labels, due] = /^(\{.*\}) (.*)$/.exec(said("tick-by-hand"))!
    expect(JSON.parse(labels!)).toEqual({ app: "night", "workflows.argoproj.io/cron-workflow": "tick" })
    expect(due).toBe(
      new Date((await (await pinnace.get("tick-by-hand"))!.status()).createdAt).toISOString().replace(/\.\d+Z/, "Z")
    )
  })

  it("that cannot be made refuse the run before anything is recorded", async () => {
    const wrong = load(
      plain("{}").replace("spec: {", "spec: {workflowMetadata: {labelsFrom: {x: {expression: 'nope('}}}, ")
    )
    await expect(pinnace.start(wrong, { parameters: {} }, { id: "wrong" })).rejects.toThrow(/label/)
    expect(await pinnace.get("wrong")).toBeUndefined()
  })
})
