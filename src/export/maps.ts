/** Maps: a list, a task for each of its items, and what is made of their ends. */
import type { Plan } from "../plan/Plan.ts"
import { argumentsOf, handedOn, outputOf } from "./Containers.ts"
import { followingOf, hooksOf } from "./handlers.ts"
import { bodyTemplate } from "./leaves.ts"
import { compositeRetryOf } from "./policies.ts"
import { indexName, inputName, parametersOf, readsOf } from "./reads.ts"
import { type Site, templateName } from "./Site.ts"

/** A map is a DAG of its own, so that it has a phase also where its list is empty. */
export const mapTemplate = (site: Site, nested: () => string): string => {
  const { all, node, plan, path } = site
  const { containers } = all
  const { concurrency, failFast, item } = node.def.map!
  const reads = parametersOf(readsOf(plan, node))
  const items = containers.container({
    name: templateName(site, "items"),
    verb: "items",
    path,
    parameters: reads,
    outputs: ["items"]
  })
  const collect = containers.container({
    name: templateName(site, "collect"),
    verb: "collect",
    path,
    parameters: [...reads, "ends"],
    outputs: ["end"]
  })
  const each = eachTemplate(site, nested, [...reads, indexName])
  const hasEnds = node.plan === undefined || node.plan.workflow.result !== undefined
  return containers.add({
    name: templateName(site, "map"),
    inputs: { parameters: reads.map((name) => ({ name })) },
    ...Number.isFinite(concurrency) ? { parallelism: concurrency } : {},
    dag: {
      target: "each collect",
      failFast: failFast !== false,
      tasks: [
        { name: "items", template: items, ...argumentsOf(handedOn(reads)) },
        {
          name: "each",
          template: each,
          depends: "items",
          withParam: "{{tasks.items.outputs.parameters.items}}",
          ...argumentsOf([...handedOn(reads), { name: indexName, value: "{{item}}" }]),
          ...hooksOf(site, followingOf(item, node.def.runnable), "each", {
            name: indexName,
            value: "{{item}}"
          })
        },
        {
          name: "collect",
          template: collect,
          depends: "each",
          ...argumentsOf([...handedOn(reads), { name: "ends", value: hasEnds ? outputOf("each", "end") : "" }])
        }
      ]
    },
    outputs: { parameters: [{ name: "end", valueFrom: { parameter: "{{tasks.collect.outputs.parameters.end}}" } }] }
  })
}

const eachTemplate = (site: Site, nested: () => string, parameters: ReadonlyArray<string>): string => {
  const { item } = site.node.def.map!
  if (site.node.plan === undefined) return bodyTemplate(site, item, parameters, templateName(site, "item"))
  return nestedItem(site, site.node.plan, nested, parameters)
}

/** An item that is a workflow: a container gives its input first. */
const nestedItem = (site: Site, plan: Plan, nested: () => string, parameters: ReadonlyArray<string>): string => {
  const { all: { containers }, node, path } = site
  const { item } = node.def.map!
  const bind = containers.container({
    name: templateName(site, "input"),
    verb: "bind",
    path,
    parameters,
    outputs: ["run", inputName]
  })
  const name = templateName(site, "item")
  const inner = nested()
  const retry = item.retry ?? node.def.runnable!.retry
  return containers.add({
    name,
    inputs: { parameters: parameters.map((it) => ({ name: it })) },
    dag: {
      failFast: false,
      tasks: [
        { name: "input", template: bind, ...argumentsOf(handedOn(parameters)) },
        {
          name: "run",
          template: inner,
          depends: "input",
          ...argumentsOf([{ name: inputName, value: outputOf("input", inputName) }])
        }
      ]
    },
    ...plan.workflow.result === undefined ? {} : {
      outputs: { parameters: [{ name: "end", valueFrom: { parameter: "{{tasks.run.outputs.parameters.end}}" } }] }
    },
    ...retry === undefined ? {} : { retryStrategy: compositeRetryOf(retry) }
  })
}
