/** A graph of nodes as a DAG of Argo: one task for each node, and containers for what the author's functions decide. */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { Retry } from "../workflow/Retry.ts"
import { type Argument, argumentsOf, dependent, handedOn, outputOf, type Yaml } from "./Containers.ts"
import { dependsOf, gateDepends, hasGate, over } from "./depends.ts"
import { followingOf, hooksOf } from "./handlers.ts"
import { bodyTemplate, suspendTemplate } from "./leaves.ts"
import { mapTemplate } from "./maps.ts"
import { Names } from "./Names.ts"
import { compositeRetryOf, synchronizationOf } from "./policies.ts"
import { endName, inputName, parametersOf, readsOf, readsOfResult, statusName } from "./reads.ts"
import { type Export, type Site, templateName } from "./Site.ts"

/** A graph and where it is. */
interface Place {
  readonly plan: Plan
  readonly path: ReadonlyArray<string>
  readonly name: string
  /** Further fields of its template. */
  readonly more?: Yaml
}

/** Adds the DAG of a plan and all that it calls; answers the name of its template. */
export const graphTemplate = (all: Export, place: Place): string => new Graph(all, place).template()

class Graph {
  readonly #all: Export
  readonly #place: Place
  readonly #names = new Names()
  readonly #tasks = new Map<string, string>()
  readonly #gates = new Map<string, string>()
  readonly #calls: Array<Yaml> = []

  constructor(all: Export, place: Place) {
    this.#all = all
    this.#place = place
    const { nodes } = place.plan
    for (const { name } of nodes) this.#tasks.set(name, this.#names.free(name))
    for (const node of nodes) {
      if (hasGate(node)) this.#gates.set(node.name, this.#names.free(`${this.#named(node.name)}-over`))
    }
  }

  template(): string {
    const { more = {}, name, plan } = this.#place
    for (const node of plan.nodes) this.#node(node)
    const result = this.#result()
    const leaves = plan.targets.map((index) => plan.nodes[index]!.name)
    const targets = [...leaves.map((it) => this.#gates.get(it) ?? this.#named(it)), ...result ?? []]
    const { containers, globalEnd } = this.#all
    return containers.add({
      name,
      inputs: { parameters: [{ name: inputName }] },
      dag: { target: targets.join(" "), failFast: plan.workflow.failFast !== false, tasks: this.#calls },
      ...Number.isFinite(plan.workflow.parallelism) ? { parallelism: plan.workflow.parallelism } : {},
      ...result === undefined ? {} : {
        outputs: {
          parameters: [{
            name: "end",
            valueFrom: { parameter: `{{tasks.${result[0]}.outputs.parameters.end}}` },
            ...this.#place.path.length === 0 && globalEnd !== undefined ? { globalName: globalEnd } : {}
          }]
        }
      },
      ...more
    })
  }

  #named(name: string): string {
    return this.#tasks.get(name)!
  }

  #site(node: PlanNode): Site {
    const { path, plan } = this.#place
    return { all: this.#all, plan, node, path: [...path, node.name] }
  }

  /** What a node or the result reads, as arguments of a task of this DAG. */
  #arguments(reads: ReadonlyArray<number>): ReadonlyArray<Argument> {
    const { nodes } = this.#place.plan
    return [
      ...handedOn([inputName]),
      ...reads.flatMap((index) => {
        const { def, name } = nodes[index]!
        const task = this.#named(name)
        const output = def.kind === "suspend" ? "value" : "end"
        return [
          { name: statusName(index), value: `{{tasks.${task}.status}}` },
          { name: endName(index), value: outputOf(task, output) }
        ]
      })
    ]
  }

  #node(node: PlanNode): void {
    const { def } = node
    const task = this.#named(node.name)
    const depends = dependsOf(node, {
      at: (index) => this.#place.plan.nodes[index]!,
      named: (name) => this.#named(name),
      gate: (name) => this.#gates.get(name)
    })
    const isNested = def.kind === "workflow"
    const before = isNested || def.when !== undefined ? this.#before(node, task, depends, isNested) : undefined
    this.#calls.push({
      name: task,
      template: this.#work(node),
      // A task that is skipped passes on what came before it, so that is named too.
      ...dependent(before === undefined || depends === undefined ? before ?? depends : `${before} && (${depends})`),
      ...before === undefined || def.when === undefined
        ? {}
        : { when: `{{tasks.${before}.outputs.parameters.run}} == true` },
      ...argumentsOf(isNested ? [{ name: inputName, value: outputOf(before!, inputName) }] : this.#given(node)),
      ...exitOf(this.#site(node), task)
    })
    const gate = this.#gates.get(node.name)
    if (gate !== undefined) this.#calls.push({ name: gate, template: this.#all.pass(), depends: gateDepends(task) })
  }

  #given(node: PlanNode): ReadonlyArray<Argument> {
    return node.def.kind === "suspend" ? [] : this.#arguments(readsOf(this.#place.plan, node))
  }

  /** The container that asks the guard of a node, and for the input of a nested workflow. */
  #before(node: PlanNode, task: string, depends: string | undefined, isNested: boolean): string {
    const { path, plan } = this.#place
    const reads = readsOf(plan, node)
    const name = this.#names.free(`${task}-${isNested ? "input" : "when"}`)
    const template = this.#all.containers.container({
      name: templateName(this.#site(node), isNested ? "input" : "when"),
      verb: isNested ? "bind" : "decide",
      path: [...path, node.name],
      parameters: parametersOf(reads),
      outputs: isNested ? ["run", inputName] : ["run"]
    })
    this.#calls.push({ name, template, ...dependent(depends), ...argumentsOf(this.#arguments(reads)) })
    return name
  }

  #work(node: PlanNode): string {
    const { def } = node
    const site = this.#site(node)
    if (def.kind === "suspend") return suspendTemplate(site)
    if (def.kind === "map") return mapTemplate(site, () => nestedTemplate(site, undefined))
    if (def.kind === "workflow") return nestedTemplate(site, def.retry ?? def.runnable!.retry)
    return bodyTemplate(site, def, parametersOf(readsOf(this.#place.plan, node)), templateName(site))
  }

  /** The container that makes the output of the workflow, with the name of its task. */
  #result(): readonly [task: string] | undefined {
    const { path, plan } = this.#place
    if (plan.workflow.result === undefined) return undefined
    const reads = readsOfResult(plan)
    const name = this.#names.free("result")
    const template = this.#all.containers.container({
      name: templateName({ all: this.#all, path }, "result"),
      verb: "result",
      path,
      parameters: parametersOf(reads),
      outputs: ["end"]
    })
    const depends = reads.map((index) => over(this.#named(plan.nodes[index]!.name))).join(" && ")
    this.#calls.push({
      name,
      template,
      ...dependent(depends === "" ? undefined : depends),
      ...argumentsOf(this.#arguments(reads))
    })
    return [name]
  }
}

/** A nested workflow, or that of the items of a map. */
const nestedTemplate = (site: Site, retry: Retry | undefined): string => {
  const { all, node, path } = site
  const workflow = node.def.runnable as AnyWorkflow
  return graphTemplate(all, {
    plan: node.plan!,
    path,
    name: templateName(site),
    more: {
      ...retry === undefined ? {} : { retryStrategy: compositeRetryOf(retry) },
      ...synchronizationOf(node.def.permits ?? workflow.permits, all.locks)
    }
  })
}

/** What follows a node; what the items of a map do at their end is theirs. */
const exitOf = (site: Site, task: string): Yaml => {
  const { def } = site.node
  return hooksOf(site, followingOf(def, def.map === undefined ? def.runnable : undefined), task)
}
