// deno-lint-ignore-file no-explicit-any -- types are erased here, the public signatures carry them
/**
 * The builder behind `Builder`: erases types, turns references into edges, collects mistakes.
 *
 * Owns: the nodes and mistakes of one workflow while it is being
 * built. Does not own: checks of the graph as a whole (the plan does).
 */
import * as Schema from "effect/Schema"
import {
  admitHandler,
  admitMap,
  admitName,
  admitNode,
  admitResult,
  admitRunnable,
  admitSignal,
  type AnyOptions
} from "./nodeOptions.ts"
import { type Binding, bindInput, isRecord } from "./binding.ts"
import { toCodec } from "./codecSpec.ts"
import { type Condition, referredIn, scopesOf } from "./Condition.ts"
import type { AnyCodec, AnyRef, AnyRunnable, AnyWorkflow, HookName, MapDef, Mistake, NodeDef } from "./Definition.ts"
import { Failures } from "./Failures.ts"
import type { Handled, Handler } from "./Handler.ts"
import { millis } from "./millis.ts"
import { type AnyRunOptions, type ExpandBuild, expanded, expandKind, runDef } from "./workDefs.ts"
import { type Asked, type FieldTree, ForwardRef, inputRef, isRef, NodeDataRef, type Ref } from "./Ref.ts"
import { arrayOf, outputOf } from "./refCodec.ts"
import { cacheOf, toCompensation, toTreatment } from "./treatment.ts"

type Kind = Pick<NodeDef, "kind" | "runnable" | "bind" | "map" | "suspend" | "run" | "expand">

/** The builder of one workflow. */
export class GraphBuilder {
  readonly input: Ref<any>
  readonly nodes: Array<NodeDef> = []
  readonly mistakes: Array<Mistake> = []
  readonly hooks = new Map<HookName, Handler<any, any>>()
  exit: Handler<any, any> | undefined
  /** What its nodes may fail with. */
  readonly failures = new Failures()
  readonly #scope = {}
  #sealed = false

  constructor(fields: FieldTree) {
    this.input = inputRef(this.#scope, fields)
  }

  node(name: string, runnable: AnyRunnable, given: AnyOptions = {}): NodeDataRef {
    const options = admitNode(name, given)
    admitRunnable(`what node "${name}" runs`, runnable)
    const binding = bindInput(options.input, Object.keys(options.needs ?? {}))
    const kind = runnable._tag === "Task" ? "task" : "workflow"
    return this.#add(name, options, { kind, runnable, bind: binding.bind, map: undefined, suspend: undefined }, binding)
  }

  run(name: string, workflow: AnyWorkflow, given: AnyOptions & AnyRunOptions = {}): NodeDataRef {
    const { id, onParentEnd, wait, ...rest } = given
    const options = admitNode(name, rest)
    const run = runDef(name, workflow, { id, onParentEnd, wait })
    const binding = bindInput(options.input, Object.keys(options.needs ?? {}))
    const kind = {
      kind: "run",
      runnable: undefined,
      bind: binding.bind,
      map: undefined,
      suspend: undefined,
      run
    } as const
    return this.#add(name, options, kind, binding)
  }

  expand(name: string, value: Ref<any>, build: ExpandBuild, given: AnyOptions = {}): NodeDataRef {
    const options = admitNode(name, given)
    const kind = expandKind(name, value, build)
    return this.#add(name, { ...options, needs: { ...options.needs, [expanded]: value } }, kind)
  }

  map(
    name: string,
    items: Ref<any> | ReadonlyArray<unknown>,
    runnable: AnyRunnable,
    input: any = () => undefined,
    given: AnyOptions = {}
  ): NodeDataRef {
    const options = admitNode(name, given)
    admitRunnable(`what map "${name}" runs`, runnable)
    admitMap(name, items, input)
    const { concurrency = Infinity, failFast = false, item = {}, key } = options
    const map: MapDef = {
      items: this.#itemsRef(name, items),
      key,
      concurrency,
      failFast,
      item: Object.freeze({
        ...toTreatment(item, runnable),
        cache: cacheOf(runnable, item.cache ?? given.cache),
        on: item.on ?? given.on,
        compensate: toCompensation(name, item.compensate, runnable)
      })
    }
    const bind: NodeDef["bind"] = (values, given, one, index) => input(one, index, values, given)
    return this.#add(name, options, { kind: "map", runnable, bind, map: Object.freeze(map), suspend: undefined })
  }

  suspend(
    signal: string | { readonly name: string; readonly output: AnyCodec },
    given: AnyOptions = {}
  ): NodeDataRef {
    admitSignal(signal)
    const name = typeof signal === "string" ? signal : signal.name
    const options = admitNode(name, given)
    const own = typeof signal === "string" ? toCodec(options.output) : signal.output
    const timed = options.duration !== undefined
    // When the time runs out without a default there is no value to record.
    const output = timed && !("default" in options) ? outputOf(own, true) : own
    const suspend = Object.freeze({ output, duration: timed ? millis(options.duration) : Infinity })
    return this.#add(name, options, {
      kind: "suspend",
      runnable: undefined,
      bind: () => undefined,
      map: undefined,
      suspend
    })
  }

  sleep(name: string, duration: any, given: AnyOptions = {}): NodeDataRef {
    const options = admitNode(name, given)
    const suspend = Object.freeze({ output: Schema.Void, duration: millis(duration), sleeps: true as const })
    if (suspend.duration === Infinity) {
      this.#mistake(
        name,
        "invalid-timeout",
        "It sleeps forever",
        "Wait for a signal instead: w.suspend, or receive in a flow"
      )
    }
    return this.#add(name, options, {
      kind: "suspend",
      runnable: undefined,
      bind: () => undefined,
      map: undefined,
      suspend
    })
  }

  onExit(handler: Handler<any, any>): void {
    admitHandler("what onExit is given", handler)
    if (this.exit !== undefined) {
      this.#mistake(undefined, "duplicate-handler", "onExit is set twice", "Keep one handler and call both from it")
    }
    this.exit = handler
  }

  on(hook: HookName, handler: Handler<any, any>): void {
    admitName("the name of a hook", hook)
    admitHandler(`the hook "${hook}"`, handler)
    if (this.hooks.has(hook)) {
      this.#mistake(
        undefined,
        "duplicate-handler",
        `The hook "${hook}" is set twice`,
        "Keep one handler and call both from it"
      )
    }
    this.hooks.set(hook, handler)
  }

  outcome(name: string): ForwardRef {
    admitName("the name of a node whose outcome is asked for", name)
    return new ForwardRef(this.#scope, name)
  }

  /** The reference behind what the callback returned: a reference, a record of references, or nothing. */
  result(given: unknown): AnyRef | undefined {
    this.#sealed = true
    if (given === undefined) return undefined
    admitResult(given)
    if (isRef(given)) return this.#own(undefined, given["~ref"])
    if (!isRecord(given) || Object.values(given).some((one) => !isRef(one))) {
      const hint = "Return a node, a reference, or a record of them, synchronously; to compute, add a node"
      this.#mistake(
        undefined,
        "invalid-result",
        "The builder function returned something that is not a reference",
        hint
      )
      return undefined
    }
    const fields = Object.entries(given).map(([key, one]) =>
      [key, this.#own(undefined, (one as Ref<unknown>)["~ref"])] as const
    )
    return this.#made({ of: "record", fields: Object.freeze(Object.fromEntries(fields)) })
  }

  #add(name: string, options: AnyOptions, kind: Kind, binding?: Binding): NodeDataRef {
    if (this.#sealed) {
      throw new TypeError(
        `Cannot add node "${name}": the builder function has returned, and its graph is fixed`
      )
    }
    const needs = this.#needs(name, options.needs, binding)
    const def: NodeDef = Object.freeze({
      name,
      renamedFrom: Object.freeze([options.renamedFrom ?? []].flat()),
      description: options.description,
      ...kind,
      needs,
      after: options.after === undefined ? nobody : Object.freeze(options.after.map((one) => this.#after(name, one))),
      depends: this.#depends(name, options.depends),
      when: options.when,
      continueOn: toContinueOn(options.continueOn),
      fallback: "default" in options ? Object.freeze({ value: options.default }) : undefined,
      cache: cacheOf(kind.runnable, options.cache),
      on: options.on,
      compensate: this.#compensate(name, kind, options.compensate),
      ...toTreatment(options, handledBy(kind), kind.kind === "workflow" ? kind.runnable as AnyWorkflow : undefined)
    })
    this.nodes.push(def)
    const seen = (options.after ?? []).filter((one) => one instanceof NodeDataRef).map((one) => one["~node"])
    const read = [...Object.values(needs), ...kind.map === undefined ? [] : [kind.map.items]].map((ref) => ref.node)
    const asked = options.depends === undefined ? [] : referredIn(options.depends)
    this.failures.add(name, kind.runnable?.error ?? (kind.run?.wait === true ? kind.run.workflow.error : undefined), [
      ...read,
      ...seen,
      ...asked
    ])
    return new NodeDataRef(this.#scope, name)
  }

  #compensate(name: string, { map, runnable }: Kind, given: AnyOptions["compensate"]): NodeDef["compensate"] {
    if (given === undefined) return undefined
    if (runnable !== undefined && map === undefined) return toCompensation(name, given, runnable)
    const hint = map === undefined ? "Leave it out" : "Use item: { compensate }"
    this.#mistake(name, "invalid-compensation", "It cannot be undone as a whole", hint)
    return undefined
  }

  #needs(name: string, given: AnyOptions["needs"], binding: Binding | undefined): Readonly<Record<string, AnyRef>> {
    const keys = given === undefined ? nobody : Object.keys(given)
    const refs = binding?.refs ?? []
    if (keys.length + refs.length === 0) return noNeeds
    const needs: Record<string, AnyRef> = {}
    for (const key of keys) needs[key] = this.#need(name, key, given![key])
    for (const [key, ref] of refs) needs[key] = this.#own(name, ref["~ref"])
    return Object.freeze(needs)
  }

  #need(node: string, key: string, value: unknown): AnyRef {
    if (isRef(value)) return this.#own(node, value["~ref"])
    this.#mistake(
      node,
      "not-a-reference",
      `Its need "${key}" is not a reference`,
      "Pass a node or a reference; plain values belong in `input`"
    )
    return this.#made({ of: "value", value })
  }

  #own(node: string | undefined, ref: AnyRef): AnyRef {
    if (ref.scope !== this.#scope) this.#foreign(node, ref.node === undefined ? "an input" : `node "${ref.node}"`)
    return ref
  }

  #after(node: string, asked: Asked): string {
    if (asked["~scope"] !== this.#scope) this.#foreign(node, `node "${asked["~node"]}"`)
    return asked["~node"]
  }

  #depends(node: string, condition: Condition | undefined): Condition | undefined {
    if (condition === undefined) return undefined
    for (const [name, scope] of scopesOf(condition)) {
      if (scope !== undefined && scope !== this.#scope) this.#foreign(node, `node "${name}"`)
    }
    return condition
  }

  #itemsRef(node: string, items: Ref<any> | ReadonlyArray<unknown>): AnyRef {
    if (isRef(items)) return this.#own(node, items["~ref"])
    return this.#made({ of: "value", value: Object.freeze([...items as ReadonlyArray<unknown>]) })
  }

  #made(part: Pick<AnyRef, "of" | "value" | "fields">): AnyRef {
    return Object.freeze({ _tag: "Ref", node: undefined, scope: this.#scope, at: Object.freeze([]), ...part })
  }

  #foreign(node: string | undefined, what: string): void {
    const hint = "Pass the value through this workflow's input, or move the node into this workflow"
    this.#mistake(node, "foreign-reference", `It refers to ${what} of another workflow`, hint)
  }

  #mistake(node: string | undefined, code: string, message: string, hint: string): void {
    this.mistakes.push(Object.freeze({ node, code, message, hint }))
  }
}

const nobody: ReadonlyArray<string> = Object.freeze([])
const noNeeds: Readonly<Record<string, AnyRef>> = Object.freeze({})
const stopOnBoth = Object.freeze({ failed: false, error: false })

const toContinueOn = (given: AnyOptions["continueOn"]): NodeDef["continueOn"] =>
  given === undefined ? stopOnBoth : Object.freeze({ failed: given.failed === true, error: given.error === true })

/** The schemas of what a node's own handlers are told. */
const handledBy = (kind: Kind): Handled => {
  if (kind.suspend !== undefined) return { output: kind.suspend.output, error: undefined }
  if (kind.expand !== undefined) return { output: kind.expand.output, error: undefined }
  if (kind.run !== undefined) return kind.run.wait ? kind.run.workflow : { output: Schema.String, error: undefined }
  const { error, output } = kind.runnable!
  return { output: kind.map === undefined ? output : arrayOf(output), error }
}
