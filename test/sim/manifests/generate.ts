/**
 * Random manifests: the same seed gives the same one. What it may
 * refer to is known, so that it never has a problem of its own.
 */
import type { Random } from "../../run/random.ts"

type Part = Readonly<Record<string, unknown>>

/** How deep templates call each other, apart from those that call themselves. */
const deepest = 3

/** The kinds of leaves. `flaky` fails its first attempts, `broken` every attempt, `stuck` never ends by itself. */
export const leaves = ["plain", "list", "flaky", "broken", "stuck", "held"] as const

/** The same, each as often as it is called. */
const often = [...leaves, "plain", "plain", "plain", "plain", "list", "list", "flaky", "held"] as const

/** How leaves and times are written. */
export interface Style {
  /** The command line of a leaf. */
  readonly command: (leaf: (typeof leaves)[number], retried: boolean) => ReadonlyArray<string>
  /** A span of so many seconds, or what stands for it. */
  readonly span: (seconds: number) => string
}

/** For functions in the place of leaves, in virtual time. */
const virtual: Style = { command: () => ["none"], span: String }

/** Builds one manifest. */
export class ManifestGenerator {
  readonly #random: Random
  readonly #style: Style
  readonly #templates: Array<Part> = []
  #names = 0

  constructor(random: Random, style: Style = virtual) {
    this.#random = random
    this.#style = style
  }

  /** The manifest, as YAML that is JSON. `calm` leaves out whatever makes its end depend on time or order. */
  manifest(calm: boolean): string {
    const random = this.#random
    for (const leaf of leaves) this.#templates.push(this.#leaf(leaf, calm))
    this.#templates.push({
      name: "pause",
      suspend: calm || random.chance(0.6) ? { duration: this.#style.span(7) } : {}
    })
    const spec = {
      entrypoint: this.#composite(0, calm),
      templates: this.#templates,
      ...random.chance(0.3) ? { onExit: this.#handler() } : {},
      ...random.chance(0.2) ? { parallelism: 1 + random.below(3) } : {},
      ...!calm && random.chance(0.1) ? { activeDeadlineSeconds: 5 + random.below(60) } : {},
      ...random.chance(0.15) ? { hooks: this.#hooks("workflow.status") } : {},
      ...random.chance(0.15) ? { synchronization: { mutexes: [{ name: "whole" }] } } : {}
    }
    return JSON.stringify({ kind: "Workflow", metadata: { name: "simulated" }, spec })
  }

  #leaf(name: (typeof leaves)[number], calm: boolean): Part {
    const random = this.#random
    const retried = name === "flaky" || random.chance(0.2)
    return {
      name,
      inputs: { parameters: [{ name: "v", value: "0" }] },
      outputs: { parameters: [{ name: "out", valueFrom: { path: "/out", default: "none" } }] },
      container: { image: "none", command: this.#style.command(name, retried) },
      ...retried ? { retryStrategy: this.#retry(calm) } : {},
      ...name === "stuck" ? { timeout: "20s" } : {},
      ...name === "held" ? { synchronization: { mutexes: [{ name: random.pick(["a", "b"]) }] } } : {}
    }
  }

  #retry(calm: boolean): Part {
    const random = this.#random
    return {
      limit: String(random.below(4)),
      retryPolicy: random.pick(["Always", "OnFailure", "OnError", "OnTransientError", "Always"]),
      ...random.chance(0.5) ? { backoff: this.#backoff(calm) } : {},
      ...random.chance(0.2) ? { expression: "asInt(lastRetry.exitCode) > 0" } : {}
    }
  }

  #backoff(calm: boolean): Part {
    const random = this.#random
    return {
      duration: this.#style.span(1 + random.below(5)),
      factor: String(1 + random.below(2)),
      ...!calm && random.chance(0.3) ? { maxDuration: "9" } : {}
    }
  }

  /** Makes a template of steps or a DAG; answers its name. */
  #composite(depth: number, calm: boolean): string {
    const random = this.#random
    const name = this.#name(depth === 0 ? "main" : "part")
    const inputs = { parameters: [{ name: "n", value: "2" }, { name: "v", value: "0" }] }
    const body = random.chance(0.5)
      ? { steps: this.#steps(name, depth, calm) }
      : { dag: { tasks: this.#tasks(name, depth, calm), ...calm || random.chance(0.3) ? { failFast: false } : {} } }
    this.#templates.push({
      name,
      inputs,
      ...body,
      ...depth > 0 && random.chance(0.15) ? { retryStrategy: this.#retry(calm) } : {},
      ...random.chance(0.2) ? { parallelism: 1 + random.below(2) } : {},
      ...!calm && random.chance(0.1) ? { failFast: random.chance(0.5) } : {},
      ...depth > 0 && random.chance(0.1) ? { synchronization: { mutexes: [{ name: random.pick(["c", "d"]) }] } } : {}
    })
    return name
  }

  #steps(owner: string, depth: number, calm: boolean): ReadonlyArray<ReadonlyArray<Part>> {
    const random = this.#random
    const before: Array<string> = []
    return Array.from({ length: 1 + random.below(3) }, () => {
      const group = Array.from({ length: 1 + random.below(3) }, () => this.#call("steps", owner, depth, before, calm))
      before.push(...group.filter(isRead).map(({ name }) => String(name)))
      return group
    })
  }

  #tasks(owner: string, depth: number, calm: boolean): ReadonlyArray<Part> {
    const random = this.#random
    const tasks: Array<Part> = []
    const plain = random.chance(0.5)
    for (let left = 1 + random.below(5); left > 0; left--) {
      const upstream = tasks.filter(() => random.chance(0.4))
      const readable = upstream.filter(isRead).map(({ name }) => String(name))
      const { continueOn: _, ...call } = this.#call("tasks", owner, depth, readable, calm)
      tasks.push({ ...call, ...upstream.length === 0 ? {} : this.#after(upstream, plain) })
    }
    return tasks
  }

  #after(upstream: ReadonlyArray<Part>, plain: boolean): Part {
    const random = this.#random
    if (plain) return { dependencies: upstream.map(({ name }) => name) }
    const asked = upstream.map((call) =>
      `${random.chance(0.1) ? "!" : ""}${call["name"]}${random.pick(isLoop(call) ? loopQuestions : questions)}`
    )
    return { depends: asked.join(random.chance(0.7) ? " && " : " || ") }
  }

  /** A step or task that may read what is `before` it. */
  #call(kind: "steps" | "tasks", owner: string, depth: number, before: ReadonlyArray<string>, calm: boolean): Part {
    const random = this.#random
    const name = this.#name("c")
    const template = this.#callee(owner, depth, calm)
    const isSelf = template === owner
    const read = before.length > 0 && random.chance(0.4)
      ? `{{${kind}.${random.pick(before)}.outputs.result}}`
      : undefined
    const loop = isSelf ? {} : this.#loop(read)
    const value = "withItems" in loop || "withSequence" in loop || "withParam" in loop ? "{{item}}" : read ?? "1"
    const next = isSelf ? [{ name: "n", value: "{{=asInt(inputs.parameters.n) - 1}}" }] : []
    return {
      name,
      template,
      arguments: { parameters: [...next, { name: "v", value }] },
      ...loop,
      ...isSelf
        ? { when: "{{inputs.parameters.n}} > 0" }
        : random.chance(0.1)
        ? { when: random.pick(["1 == 2", "{{workflow.name}} == simulated"]) }
        : {},
      ...random.chance(0.25) ? { continueOn: { failed: true, error: random.chance(0.5) } } : {},
      ...random.chance(0.15) ? { hooks: this.#hooks(`${kind}.${name}.status`) } : {}
    }
  }

  #callee(owner: string, depth: number, calm: boolean): string {
    const random = this.#random
    const draw = random.next()
    if (draw < 0.08) return owner
    if (draw < 0.14) return "pause"
    if (draw < 0.35 && depth < deepest) return this.#composite(depth + 1, calm)
    const drawn = random.pick(often)
    return calm && drawn === "stuck" ? "plain" : drawn
  }

  #loop(read: string | undefined): Part {
    const random = this.#random
    const draw = random.next()
    if (draw < 0.1) return { withItems: Array.from({ length: random.below(4) }, (_, index) => `i${index}`) }
    if (draw < 0.15) return { withSequence: { count: String(random.below(4)) } }
    return draw < 0.25 && read !== undefined
      ? { withParam: `{{=toJson([${"1, 2, 3".slice(0, 1 + 3 * random.below(3))}])}}` }
      : {}
  }

  #hooks(status: string): Part {
    const random = this.#random
    return {
      ...random.chance(0.6) ? { exit: { template: this.#handler() } } : {},
      ...random.chance(0.5) ? { begun: { template: "plain", expression: `${status} == "Running"` } } : {}
    }
  }

  #handler(): string {
    return this.#random.pick(["plain", "flaky", "broken"])
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`
  }
}

const questions = ["", ".Succeeded", ".Failed", ".Errored", ".Skipped", ".Omitted"]

/** What can be asked of a loop too. */
const loopQuestions = [...questions, ".AnySucceeded", ".AllFailed"]

const isLoop = ({ withItems, withParam, withSequence }: Part): boolean =>
  withItems !== undefined || withParam !== undefined || withSequence !== undefined

/** Whether the result of a call is one text that others can read. */
const isRead = (call: Part): boolean => !isLoop(call) && call["template"] === "list"
