/** Everything of a workflow that Argo cannot do, found before anything is written. */
import type { Plan, PlanNode } from "../plan/Plan.ts"
import type { Condition } from "../workflow/Condition.ts"
import type { AnyRunnable, AnyTask, HandlerDef, HookName, NodeDef } from "../workflow/Definition.ts"
import type { Retry } from "../workflow/Retry.ts"
import type { PermitsDef } from "../workflow/Semaphore.ts"
import { holdsArtifacts } from "./artifactHandles.ts"
import type { ExportIssue } from "./NotExportable.ts"
import { isLabel } from "./policies.ts"

/** The most nodes of a manifest: an object of Kubernetes holds a megabyte or so. */
const nodesMax = 1_000

/** All that stands in the way, by path; `hasStore` says whether containers share a store of artifacts. */
export const refusalsOf = (plan: Plan, hasStore: boolean): ReadonlyArray<ExportIssue> => {
  const refusals = new Refusals(hasStore)
  refusals.root(plan)
  return refusals.issues
}

/** The semaphores that a workflow takes, each once. */
export const semaphoresOf = (plan: Plan): ReadonlyArray<{ readonly name: string; readonly limit: number }> => {
  const found = new Map<string, number>()
  const take = (permits: PermitsDef | undefined): void => {
    for (const { semaphore: { limit, name } } of permits?.takes ?? []) {
      found.set(name, typeof limit === "number" ? limit : "initial" in limit ? limit.initial : 1)
    }
  }
  const visit = (plan: Plan): void => {
    take(plan.workflow.permits)
    take(plan.workflow.onExit?.task.permits)
    for (const { def, plan: nested } of plan.nodes) {
      const all = [def, def.map?.item, def.runnable]
      for (const it of all) {
        take(it?.permits)
        take(it?.onExit?.task.permits)
      }
      if (nested !== undefined) visit(nested)
    }
  }
  visit(plan)
  return [...found].map(([name, limit]) => ({ name, limit }))
}

/** Why a hook is refused, or what does the same. */
const hookHints: Readonly<Record<HookName, string>> = {
  started: "Use the beginning of the body: Argo can miss a start that is soon over",
  retrying: "Use `attempt` in the body: Argo has no hook for an attempt that failed",
  succeeded: "Use hooks of its items, or an exit handler of the workflow with `when`",
  failed: "Use hooks of its items, or an exit handler of the workflow with `when`"
}

class Refusals {
  readonly issues: Array<ExportIssue> = []
  readonly #hasStore: boolean
  #nodes = 0

  constructor(hasStore: boolean) {
    this.#hasStore = hasStore
  }

  #add(path: string, message: string, hint: string): void {
    this.issues.push({ path, message, hint })
  }

  root(plan: Plan): void {
    const { name, retention, start } = plan.workflow
    if (start !== undefined) {
      this.#add(name, "It has a start policy", "Use a mutex, or the concurrencyPolicy of a CronWorkflow")
    }
    if (typeof plan.workflow.labels === "function") {
      this.#add(name, "It makes its labels of its input", "Use fixed labels, and `argo submit -l` for others")
    }
    if (Number.isFinite(retention?.keepLast ?? Infinity)) {
      this.#add(name, "It has a retention with `keepLast`", "Use the retention policy of Argo's controller")
    }
    if (holdsArtifacts(plan.workflow.input)) {
      this.#add(name, "Its input holds artifacts", "Pass an address as text, and save what is there in a first node")
    }
    this.#graph(plan, name)
    if (this.#nodes > nodesMax) {
      this.#add(name, `It has ${this.#nodes} nodes, ${nodesMax} is the most`, "Use a map over items")
    }
  }

  #graph(plan: Plan, path: string): void {
    const { workflow } = plan
    if (workflow.flow !== undefined || workflow.kept !== undefined) {
      const what = workflow.flow === undefined ? "It is a manifest" : "It is a flow, whose steps its body decides"
      return this.#add(
        path,
        what,
        workflow.flow === undefined
          ? "Use the manifest itself"
          : "Use a graph, or call the flow from the body of a task"
      )
    }
    this.#handlers(workflow, path, path === workflow.name)
    this.#permits(workflow.permits, path, false)
    for (const node of plan.nodes) this.#node(plan, node, `${path}/${node.name}`)
  }

  #node(plan: Plan, node: PlanNode, path: string): void {
    const { def } = node
    this.#nodes++
    if (def.kind === "run") {
      return this.#add(path, "It starts a run of its own", "Use a nested workflow")
    }
    if (def.depends !== undefined) this.#condition(plan, def.depends, path)
    if (def.continueOn.error && !def.continueOn.failed) {
      this.#add(
        path,
        "It continues on defects and not on typed errors, which are both `Failed` for Argo",
        "Use `continueOn: { failed: true, error: true }`"
      )
    }
    this.#handlers(def, path, def.map !== undefined)
    this.#policies(def, path, def.kind !== "task")
    if ((def.map?.item ?? def).compensate !== undefined) this.#undo(path)
    if (def.map !== undefined) {
      this.#handlers(def.map.item, path)
      this.#policies(def.map.item, path, def.runnable?._tag === "Workflow")
      if (def.onExit !== undefined) {
        this.#add(path, "It is a map with an exit handler", "Use one for its items, or for the workflow around the map")
      }
    }
    if (def.runnable !== undefined) this.#runnable(node, def.runnable, path)
  }

  #runnable({ def, plan }: PlanNode, runnable: AnyRunnable, path: string): void {
    if (runnable._tag === "Task") return this.#task(runnable, path)
    if (runnable.compensate !== undefined) this.#undo(path)
    if (Number.isFinite(runnable.timeout) && def.timeouts === undefined) {
      this.#add(
        path,
        "It is a nested workflow with a timeout",
        "Use timeouts of the tasks in it, or of the workflow around it"
      )
    }
    this.#retry(runnable.retry, path, true)
    if (plan !== undefined) this.#graph(plan, path)
  }

  #task(task: AnyTask, path: string): void {
    if (task.services.length > 0) {
      this.#add(path, `It needs services, by task "${task.name}"`, "Use Effect.provide(layer) inside its body")
    }
    if (task.compensate !== undefined) this.#undo(path)
    if (!this.#hasStore && (holdsArtifacts(task.input) || holdsArtifacts(task.output))) this.#artifacts(path)
    this.#handlers(task, path)
    this.#policies(task, path, false)
  }

  #undo(path: string): void {
    this.#add(path, "It has a compensation", "Use an exit handler")
  }

  #artifacts(path: string): void {
    this.#add(
      path,
      "It passes artifacts on, and they end with their container",
      "Export it with --store s3://BUCKET, or a folder that all containers mount"
    )
  }

  #policies(
    { on, permits, retry, timeouts }: Pick<NodeDef, "retry" | "permits" | "timeouts" | "on">,
    path: string,
    isComposite: boolean
  ): void {
    this.#retry(retry, path, isComposite)
    this.#permits(permits, path, retry !== undefined)
    if (on !== undefined && !isLabel(on)) {
      const hint = "Use at most 63 letters, digits, dashes, dots and underscores"
      this.#add(path, `It runs on the pool "${on}", and Kubernetes does not accept that name as a label`, hint)
    }
    if (Number.isFinite(timeouts?.pending ?? Infinity)) {
      this.#add(path, "It has a timeout for what is pending", "Use `timeout` of the workflow, which counts that, too")
    }
    if (isComposite && timeouts !== undefined && Number.isFinite(Math.min(timeouts.attempt, timeouts.total))) {
      this.#add(path, "It is a map, a nested workflow or a wait with a timeout", "Use timeouts of the tasks in it")
    }
  }

  #retry(retry: Retry | undefined, path: string, isComposite: boolean): void {
    if (retry === undefined) return
    if (retry.schedule !== undefined || retry.decide !== undefined) {
      this.#add(path, "It has a retry policy with a schedule or `decide`", "Use limit, backoff, while and on")
    }
    if (!Number.isInteger(retry.factor)) {
      this.#add(path, `It has a backoff with factor ${retry.factor}`, "Use a whole number")
    }
    if (isComposite && (retry.while !== undefined || retry.on !== "Always")) {
      this.#add(path, "It is a map or nested workflow whose retry has conditions", "Use limit and backoff only")
    }
  }

  #permits(permits: PermitsDef | undefined, path: string, isTriedAgain: boolean): void {
    if (permits === undefined) return
    if (permits.of !== undefined) {
      this.#add(path, "It takes permits that depend on its input", "Use a list of semaphores in `permits`")
    }
    if (permits.takes.some(({ weight }) => weight !== 1)) {
      this.#add(path, "It takes more than one permit of a semaphore", "Use one, of a semaphore with a smaller limit")
    }
    if (permits.takes.some(({ semaphore }) => semaphore.per !== null)) {
      this.#add(path, "It takes from a rate limit", "Use a semaphore")
    }
    if (permits.takes.some(({ semaphore: { limit } }) => typeof limit === "object" && limit._tag === "LimitSource")) {
      this.#add(path, "It takes from a semaphore whose limit has a source", "Use a number: it becomes a ConfigMap")
    }
    if (permits.hold === "exit" || (permits.hold === "running" && isTriedAgain)) {
      this.#add(path, `It holds its permits with hold: "${permits.hold}"`, 'Use hold: "node"')
    }
  }

  /** Hooks of its end are those of Argo, except where that asks them of a run, or of a map as a whole. */
  #handlers({ hooks, onExit }: Pick<NodeDef, "hooks" | "onExit">, path: string, isWhole = false): void {
    for (const [hook, handler] of Object.entries(hooks) as ReadonlyArray<readonly [HookName, HandlerDef]>) {
      if (isWhole || hook === "started" || hook === "retrying") {
        this.#add(path, `It has the hook "${hook}"`, hookHints[hook])
      } else this.#handler(handler, `${path}.hooks.${hook}`)
    }
    if (onExit !== undefined) this.#handler(onExit, `${path}.onExit`)
  }

  #handler({ task }: HandlerDef, path: string): void {
    if (task._tag === "Workflow") {
      return this.#add(path, "It is a handler that is a workflow", "Use a function or a task")
    }
    this.#task(task, path)
  }

  #condition(plan: Plan, condition: Condition, path: string): void {
    if (condition._tag === "Not") return this.#condition(plan, condition.condition, path)
    if (condition._tag !== "Is") return condition.conditions.forEach((it) => this.#condition(plan, it, path))
    const { node, question } = condition
    if (question === "errored") {
      this.#add(
        path,
        `It asks whether "${node}" errored, and Argo sees a defect as Failed`,
        "Use `failed`, which covers both there"
      )
    }
    const asked = plan.byName.get(node)?.def
    const isMap = asked?.kind === "map"
    if (asked !== undefined && (asked.continueOn.failed || asked.continueOn.error)) {
      this.#add(path, `It asks about "${node}", which has \`continueOn\``, "Use one of the two")
    }
    if (isMap && (question === "anySucceeded" || question === "allFailed")) {
      this.#add(path, `It asks about the items of map "${node}"`, "Use `succeeded` or `failed`")
    }
  }
}
