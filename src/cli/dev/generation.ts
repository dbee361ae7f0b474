/**
 * The process of one generation: it loads the definition once, as it is then, and runs it as often as it is asked to.
 *
 * Owns: an engine on the state file of the loop. Does not own: what is watched, when it runs, what is shown.
 * Invariant L2: it ends with its input, so also when the loop is killed.
 */
import { createInterface } from "node:readline"
import process from "node:process"
import { check, type SomeWorkflow } from "../../embed/inspect.ts"
import { open } from "../../embed/open.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { rehearse, warmUp } from "../../embed/rehearse.ts"
import { implyCache } from "../../workflow/Cache.ts"
import { everyTask } from "./everyTask.ts"
import { mistakeLines } from "./mistakes.ts"
import type { Ask, Told } from "./messages.ts"
import { type StartRequest, startRequest, startRun } from "../arguments/startRequest.ts"
import { isModule } from "../arguments/source.ts"
import type { Call } from "../Verb.ts"

/** Runs of one loop that are kept. */
const keepLast = 20

/** Does what it is asked until its input ends; answers the exit code. */
export const generation = async (call: Call): Promise<number> => {
  const { flags, shell } = call
  const say = (told: Told): void => shell.print(`${shell.mark}${JSON.stringify(told)}`)
  if ((flags.text("reuse") ?? "auto") === "auto") implyCache()
  const pinnace = await open(shell.db, { actor: shell.actor, captureConsole: true, ttl: { keepLast } })
  try {
    const asked = new Generation(call, pinnace)
    const lines = createInterface({ input: process.stdin, terminal: false })
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => lines.close())
    // What a save would have to wait for.
    await warmUp(pinnace.engine)
    say({ told: "ready" })
    for await (const line of lines) say(await asked.answer(JSON.parse(line) as Ask))
    return 0
  } finally {
    await pinnace.close()
  }
}

class Generation {
  readonly #call: Call
  readonly #pinnace: Pinnace
  #request: StartRequest | undefined

  constructor(call: Call, pinnace: Pinnace) {
    this.#call = call
    this.#pinnace = pinnace
  }

  async answer(ask: Ask): Promise<Told> {
    try {
      if (ask.ask === "load") return await this.#load(ask.input)
      return ask.ask === "plan" ? await this.#plan(ask.afresh) : await this.#run(ask.afresh)
    } catch (error) {
      return { told: "mistaken", lines: mistakeLines(error) }
    }
  }

  async #load(input: string | undefined): Promise<Told> {
    const request = await startRequest(input === undefined ? this.#call : withInput(this.#call, input))
    const { workflow } = request
    const issues = check(workflow)
    if (issues.length > 0) {
      return {
        told: "mistaken",
        lines: issues.map(({ code, hint, message, path }) => `${path}: ${code}: ${message}\n  → ${hint}`)
      }
    }
    this.#request = request
    return { told: "loaded", workflow: workflow.name, files: filesOf(workflow) }
  }

  async #plan(afresh: boolean): Promise<Told> {
    const { input, workflow } = this.#request!
    return { told: "planned", plan: await rehearse(this.#pinnace.engine, workflow, input, this.#mode(afresh)) }
  }

  async #run(afresh: boolean): Promise<Told> {
    const { id } = await startRun(this.#pinnace, this.#request!, { cache: this.#mode(afresh) })
    return { told: "begun", run: id }
  }

  #mode(afresh: boolean): "off" | "refresh" | "use" {
    return this.#call.flags.text("reuse") === "off" ? "off" : afresh ? "refresh" : "use"
  }
}

/** The command line as if this had been typed for its input: JSON of a module, `NAME=VALUE …` of manifests. */
const withInput = (call: Call, text: string): Call => {
  const words = text.split(/\s+/).filter((word) => word !== "")
  const given = isModule(call.args[0] ?? "") ? { input: text } : { parameter: words }
  const none = { input: undefined, parameter: undefined, "parameter-file": undefined }
  return { ...call, flags: call.flags.with({ ...none, ...given }) }
}

/** What its tasks say that their results depend on. */
const filesOf = (workflow: SomeWorkflow): ReadonlyArray<string> => [
  ...new Set(
    everyTask(workflow).flatMap(({ cache }) => {
      const depends = cache?.given.dependsOn
      return typeof depends === "object" ? depends.files ?? [] : []
    })
  )
]
