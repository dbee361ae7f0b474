/**
 * A run as lines: one for each node that begins, is tried again or ends, and what it logs in between. For logs of CI
 * and for files.
 *
 * Owns: the names of the nodes it has told of. Does not own: the end report.
 */
import type { RunHandle } from "../../embed/RunHandle.ts"
import { fromEnd } from "../../argo/values/Result.ts"
import type { Selectable, Selector } from "../../argo/commands/selector.ts"
import type { NodeMeta } from "../../argo/compile/NodeMeta.ts"
import type { LogLine } from "../../journal/Journal.ts"
import type { Ending, Event, Reused } from "../../run/Event.ts"
import { asksPerson } from "../../run/asksPerson.ts"
import { attemptText } from "../../run/retry.ts"
import type { Shell } from "../Shell.ts"
import { isManifestRun } from "../../view/runHead.ts"
import { labelOf } from "../../view/TypedNodes.ts"
import { span } from "../../run/instant.ts"
import { errorText } from "../../view/errorText.ts"
import { counted } from "../paint/counted.ts"
import { among, withNames } from "../../view/childNames.ts"
import { waitText } from "../paint/waitText.ts"
import type { NewLines } from "./NewLines.ts"
import { oneLine } from "../paint/width.ts"

interface Known {
  readonly name: string
  readonly type: NodeMeta["type"] | undefined
  readonly attempts: number
}

/** An event with which a node is shown for the first time. */
type Started = Extract<Event, { readonly type: "NodeStarted" | "NodeWaiting" }>

/** Prints the lines of one run. */
export class PlainLines {
  readonly #shell: Shell
  readonly #run: RunHandle
  readonly #known = new Map<string, Known>()
  readonly #isChosen: Selector | undefined
  readonly #nodes = new Map<string, Omit<Selectable, "phase">>()
  #isManifest = false
  /**
   * Names of nodes that have just begun, by path. One that is
   * omitted begins and ends in one append, and only its end is told.
   */
  #kept: { readonly from: string; readonly pods: number; readonly tasks: number } | undefined
  readonly #begun = new Map<string, string>()
  /** Nodes that ask a person for something. */
  readonly #asking = new Set<string>()
  /** What was logged by nodes that were not told to begin. */
  #unsaid: ReadonlyArray<LogLine> = []
  readonly #waiting = new Map<string, Extract<Event, { readonly type: "NodeWaiting" }>>()

  constructor(shell: Shell, run: RunHandle, isChosen?: Selector) {
    this.#shell = shell
    this.#run = run
    this.#isChosen = isChosen
  }

  /** Prints what has happened and what happens, until the end; with `log`, also what is logged. */
  async follow(after: number, log?: NewLines): Promise<void> {
    this.#isManifest = isManifestRun(await this.#run.status())
    const logging = log?.each(() => this.#tellLog(log))
    // Whoever no longer follows does not wait for it.
    logging?.catch(() => {})
    for await (const { at, event, seq } of this.#run.events()) {
      if (seq <= after) {
        this.#recall(event, seq === after)
        continue
      }
      log?.begin(after === 0 ? 0 : at)
      // What a node logged is told before its end is.
      if (event.type === "NodeFinished" || event.type === "AttemptFailed") await this.#tellLog(log)
      this.#tell(event)
    }
    this.#tellBegun()
    log?.end()
    await logging
    await this.#tellLog(log, true)
  }

  /** Of nodes nothing is told yet that were not told to begin, unless it is the end. */
  async #tellLog(log: NewLines | undefined, isEnd = false): Promise<void> {
    if (log === undefined) return
    const come = await log.take()
    const lines = [...this.#unsaid, ...come]
    const isDue = ({ path }: LogLine): boolean => isEnd || path === "" || this.#known.has(path)
    this.#unsaid = lines.filter((line) => !isDue(line))
    const due = lines.filter(isDue)
    if (due.length > 0) this.#tellBegun()
    for (const { path, text } of due) this.#logged(path, text)
  }

  #logged(path: string, text: string): void {
    const { name = path } = this.#known.get(path) ?? {}
    const node = this.#nodes.get(name)
    if (node !== undefined && this.#isChosen?.({ ...node, phase: "Running" }) === false) return
    const { paint, print } = this.#shell
    print(name === "" ? text : `${paint.dim(`${name}:`)} ${text}`)
  }

  /** What was known before: of nodes that wait since then it is told once, or nothing would be said while they do. */
  #recall(event: Event, isLast: boolean): void {
    if (event.type === "NodeStarted") this.#know(event)
    if ("path" in event && event.path !== undefined) this.#waiting.delete(event.path)
    if (event.type === "NodeWaiting" && event.waiting !== "Retry") this.#waiting.set(event.path, event)
    if (!isLast) return
    for (const waiting of this.#waiting.values()) this.#tell(waiting)
    this.#waiting.clear()
  }

  #tellBegun(): void {
    for (const name of this.#begun.values()) this.#line("Running", name, "")
    this.#begun.clear()
  }

  #tell(event: Event): void {
    if (event.type === "NodeFinished" && event.reused !== undefined) return this.#reuses(event, event.reused)
    if (event.type === "NodeFinished" && event.from !== undefined) return this.#keeps(event, event.from)
    this.#tellKept()
    if (event.type === "NodeStarted") return this.#began(event)
    if (event.type === "NodeWaiting" && event.shows !== undefined) this.#know(event)
    if (event.type === "NodeFinished" && neverRan.has(event.ending.phase)) this.#begun.delete(event.path)
    else this.#tellBegun()
    if (!("path" in event) || !this.#isShown(event.path)) return
    const { attempts, name } = this.#known.get(event.path) ?? { attempts: 0, name: event.path }
    if (event.type === "NodeFinished") this.#ended(event, name)
    else if (event.type === "AttemptFailed") {
      this.#line(
        "Waiting",
        name,
        `${attemptText(event.attempt, attempts)} failed; next in ${span(event.delay)}: ${
          errorText({ error: event.error })
        }`
      )
    } else if (event.type === "AttemptStarted" && event.rerun > 0) {
      this.#line("Running", name, `${attemptText(event.attempt, event.attempts ?? 0)} again, since its process ended`)
    } else if (event.type === "NodeWaiting" && event.waiting !== "Retry") {
      const isAsked = event.waiting === "Timer" && this.#asking.has(event.path)
      this.#line("Waiting", name, waitText(isAsked ? "Signal" : event.waiting, event.until, this.#shell.now()))
    }
  }

  #reuses({ from, path }: Extract<Event, { readonly type: "NodeFinished" }>, { millis }: Reused): void {
    this.#line("Succeeded", path, `reused from ${from}, saved ${span(millis)}`)
  }

  /** What was kept stands at the beginning, and is counted. */
  #keeps({ kind = "task", shows }: Extract<Event, { readonly type: "NodeFinished" }>, from: string): void {
    const { pods = 0, tasks = 0 } = this.#kept ?? {}
    const type = (shows as NodeMeta | undefined)?.type
    const isPod = type === "Pod" || type === "Suspend"
    this.#kept = { from, pods: pods + (isPod ? 1 : 0), tasks: tasks + (type === undefined && kind === "task" ? 1 : 0) }
  }

  #tellKept(): void {
    if (this.#kept === undefined) return
    const { from, pods, tasks } = this.#kept
    // The task in which a whole manifest runs is not one of its nodes.
    const count = pods > 0 ? pods : tasks
    this.#kept = undefined
    if (count > 0) {
      this.#shell.print(`${this.#shell.paint.icon("Succeeded")} ${counted(count, "node")} kept from ${from}`)
    }
  }

  #began(event: Started): void {
    const meta = this.#know(event)
    const { path } = event
    if (!this.#isShown(path)) return
    this.#begun.set(path, meta?.name ?? path)
    setImmediate(() => this.#tellBegun())
  }

  #know(event: Started): NodeMeta | undefined {
    const { path } = event
    const input = event.type === "NodeStarted" ? event.input as { readonly asks?: { readonly sleeps?: boolean } } : null
    if (asksPerson(input?.asks)) this.#asking.add(path)
    const attempts = event.type === "NodeStarted" ? event.attempts ?? 0 : 0
    const shows = event.shows as NodeMeta | undefined
    const meta = shows?.nested === true ? undefined : shows
    if (this.#isChosen !== undefined) this.#nodes.set(meta?.name ?? path, selectableOf(path, meta))
    this.#known.set(path, { name: meta?.name ?? path, type: meta?.type, attempts })
    return meta
  }

  /** Of manifests, only what Argo knows as nodes. */
  #isShown(path: string): boolean {
    return !this.#isManifest || this.#known.get(path)?.type !== undefined
  }

  #ended({ ending, path }: Extract<Event, { readonly type: "NodeFinished" }>, name: string): void {
    const type = this.#known.get(path)?.type
    if (type === undefined && this.#isManifest) return
    const text = ending.output === undefined ? {} : { text: JSON.stringify(ending.output) }
    const told = type === undefined ? undefined : fromEnd({ ...ending, ...text }, type).message
    if (type !== undefined && ending.phase === "Omitted") return
    this.#line(
      ending.phase,
      name,
      type === undefined ? failureText(ending) : withNames(told ?? "", among(this.#names()))
    )
  }

  #names(): ReadonlyArray<string> {
    return [...this.#known.values()].flatMap(({ name, type }) => type === undefined ? [] : [name])
  }

  #line(state: string, name: string, text: string): void {
    const node = this.#nodes.get(name)
    const phase = state === "Waiting" ? "Running" : state
    if (node !== undefined && this.#isChosen?.({ ...node, phase }) === false) return
    const { paint } = this.#shell
    const word = state === "Waiting" ? "" : ` ${state}`
    this.#shell.print(`${paint.icon(state)} ${name}${word}${text === "" ? "" : `: ${oneLine(text)}`}`)
  }
}

/** Nodes as a selector sees them, without their phase. */
const selectableOf = (path: string, meta: NodeMeta | undefined): Omit<Selectable, "phase"> => ({
  id: path,
  name: meta?.name ?? path,
  displayName: meta?.displayName ?? labelOf(path),
  templateName: meta?.template ?? "",
  inputs: meta?.inputs ?? {},
  ...(meta?.templateRef === undefined ? {} : { templateRef: meta.templateRef })
})

const neverRan = new Set<string>(["Omitted", "Skipped"])

const failureText = (ending: Ending): string =>
  ending.reason === "TaskFailed" ? errorText(ending) : ending.message ?? ""
