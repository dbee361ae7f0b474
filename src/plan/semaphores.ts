/** The semaphores of a workflow, wherever they are taken: one name must mean one limit. */
import type { AnyRunnable, AnyWorkflow, HandlerDef, HooksDef } from "../workflow/Definition.ts"
import { noHooks } from "../workflow/Handler.ts"
import type { PermitsDef, Semaphore } from "../workflow/Semaphore.ts"
import { shown } from "../workflow/values.ts"
import type { Findings } from "./Findings.ts"
import { allNow, mapped, type Pieces } from "./pieces.ts"

/** A semaphore and where it is taken. */
export interface Use {
  readonly semaphore: Semaphore
  readonly path: string
}

/** Every place where a workflow takes a semaphore, nested workflows and handlers included. */
export const semaphoresOf = (workflow: AnyWorkflow): ReadonlyArray<Use> => allNow(findingSemaphores(workflow))

function* findingSemaphores(workflow: AnyWorkflow): Pieces<ReadonlyArray<Use>> {
  const walk = new Walk()
  yield* walk.visit(workflow, workflow.name)
  return walk.uses
}

/** Reports semaphores that have one name and two limits. */
export function* checkingSemaphores(findings: Findings, workflow: AnyWorkflow): Pieces<void> {
  const first = new Map<string, Use>()
  for (const use of yield* findingSemaphores(workflow)) {
    const { semaphore: { name }, path } = use
    const known = first.get(name) ?? use
    first.set(name, known)
    const [a, b] = [said(known.semaphore), said(use.semaphore)]
    if (a === b) continue
    findings.add(
      path,
      "contradiction",
      `Two semaphores are named "${name}": ${a} at ${known.path}, ${b} here`,
      "Define it once and use that value everywhere, or give one of them another name"
    )
  }
}

const said = ({ limit, per }: Semaphore): string => {
  const rate = per === null ? "" : ` per ${per} ms`
  if (typeof limit !== "object" || limit === null) return `limit ${shown(limit)}${rate}`
  return limit._tag === "StoredLimit" ? `stored limit ${shown(limit.initial)}${rate}` : `${limit.describe}${rate}`
}

interface Handling {
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
}

/** Each task and workflow is looked at once; a list instead of recursion, because nesting may be far too deep. */
class Walk {
  readonly uses: Array<Use> = []
  readonly #seen = new Set<AnyRunnable>()

  readonly #open: Array<readonly [AnyRunnable, string]> = []

  #later(runnable: AnyRunnable | undefined, path: string): void {
    if (runnable === undefined || this.#seen.has(runnable)) return
    this.#seen.add(runnable)
    this.#open.push([runnable, path])
  }

  *visit(runnable: AnyRunnable, path: string): Pieces<void> {
    this.#later(runnable, path)
    for (let at = 0; at < this.#open.length; at++) yield* this.#look(...this.#open[at]!)
  }

  *#look(runnable: AnyRunnable, path: string): Pieces<void> {
    this.#permits(runnable.permits, path)
    this.#handlers(runnable, path)
    if (runnable._tag === "Task") return
    yield* mapped(runnable.nodes, (node) => {
      const at = `${path}/${node.name}`
      this.#permits(node.permits, at)
      this.#permits(node.map?.item.permits, at)
      this.#handlers(node, at)
      if (node.map !== undefined) this.#handlers(node.map.item, at)
      this.#later(node.runnable, at)
    })
  }

  #handlers({ hooks, onExit }: Handling, path: string): void {
    if (onExit !== undefined) this.#later(onExit.task, `${path}.onExit`)
    if (hooks === noHooks) return
    for (const [name, hook] of Object.entries(hooks)) this.#later(hook?.task, `${path}.hooks.${name}`)
  }

  #permits(permits: PermitsDef | undefined, path: string): void {
    for (const take of permits?.takes ?? []) {
      const semaphore = take?.semaphore as Semaphore | undefined
      if (typeof semaphore?.name === "string") this.uses.push({ semaphore, path })
    }
  }
}
