/**
 * The plugins of a loaded manifest: those that the user runs, and
 * programs among the files, which run here while a run uses them.
 *
 * Owns: the processes of the programs and their tokens. Invariant:
 * a process is there as long as a session uses it, and then gone.
 */
import { messageFrom } from "../../document/messageFrom.ts"
import { randomBytes } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Command, Executor, Exited } from "../../../process/Executor.ts"
import { isListening, listening } from "../../../process/listening.ts"
import { removeTree } from "../../../process/removeTree.ts"
import type { Bundle } from "../../document/decode/decode.ts"
import { fileName } from "../../document/fileName.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import type { PluginAddress } from "./execute.ts"
import { type PluginProgram, pluginsOf } from "./pluginsOf.ts"

/** How a program is started. */
export interface PluginWorld {
  readonly executor: () => Executor
  /** Where its files are. */
  readonly directory: string
  readonly commandOf: (program: PluginProgram) => Command
}

interface Started {
  readonly fiber: Fiber.Fiber<Exited, unknown>
  readonly ready: Effect.Effect<PluginAddress, BadArgument>
}

/** See the head of the file. */
export class PluginHosts {
  readonly #addresses: ReadonlyArray<PluginAddress>
  readonly #programs: ReadonlyArray<PluginProgram>
  readonly #started = new Map<string, Started>()
  readonly #users = new Set<object>()
  /** Waits for programs that are being ended: they still have their ports and files. */
  #ending: Effect.Effect<unknown> = Effect.void

  constructor(urls: Readonly<Record<string, string>>, bundle: Pick<Bundle, "plugins" | "stores">) {
    const token = process.env["PINNACE_PLUGIN_TOKEN"] ?? ""
    this.#addresses = Object.entries(urls).map(([name, url]) => ({ name, url, token }))
    this.#programs = pluginsOf(bundle.plugins, bundle.stores).filter(({ name }) => !Object.hasOwn(urls, name))
  }

  /**
   * All plugins, ready to be asked; their programs run until everybody
   * who used them has left. One that has ended is started again.
   */
  use(user: object, world: PluginWorld): Effect.Effect<ReadonlyArray<PluginAddress>, BadArgument> {
    return Effect.suspend(() => {
      this.#users.add(user)
      const ready = Effect.forEach(this.#programs, (program) => this.#ready(program, world), {
        concurrency: "unbounded"
      })
      return Effect.map(Effect.andThen(this.#ending, ready), (own) => [...this.#addresses, ...own])
    })
  }

  #ready(program: PluginProgram, world: PluginWorld): Effect.Effect<PluginAddress, BadArgument> {
    return Effect.suspend(() => {
      const known = this.#started.get(program.name) ?? start(program, world)
      this.#started.set(program.name, known)
      return Effect.tapError(known.ready, () =>
        Effect.sync(() => {
          if (this.#started.get(program.name) === known) this.#started.delete(program.name)
        }))
    })
  }

  /** Ends the programs when nobody uses them any more. */
  leave(user: object): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (!this.#users.delete(user) || this.#users.size > 0) return Effect.void
      const fibers = [...this.#started.values()].map(({ fiber }) => fiber)
      this.#started.clear()
      this.#ending = Effect.forEach(fibers, Fiber.await)
      return Fiber.interruptAll(fibers)
    })
  }
}

const start = (program: PluginProgram, { commandOf, directory, executor }: PluginWorld): Started => {
  const token = randomBytes(16).toString("hex")
  const home = join(directory, fileName(program.name))
  mkdirSync(join(home, "argo"), { recursive: true })
  writeFileSync(join(home, "argo", "token"), token, { mode: 0o600 })
  const workspace = executor().open(join(home, "container"), [{ host: join(home, "argo"), path: "/var/run/argo" }])
  const taken = Effect.runFork(isListening(program.port))
  const inUse = new BadArgument(`another program already listens on its port ${program.port}`)
  const command: Effect.Effect<Exited, Error> = workspace.run(commandOf(program))
  const work = Effect.ensuring(
    Effect.flatMap(Fiber.join(taken), (is) => is ? Effect.fail(inUse) : command),
    Effect.andThen(workspace.close, Effect.sync(() => removeTree(home)))
  )
  const fiber = Effect.runFork(work)
  const address = { name: program.name, url: `http://127.0.0.1:${program.port}`, token }
  const ended = Effect.matchEffect(Fiber.join(fiber), {
    onFailure: (error) => Effect.fail(new BadArgument(`plugin "${program.name}": ${messageFrom(error)}`)),
    onSuccess: ({ code, stderr }) =>
      Effect.fail(
        new BadArgument(`plugin "${program.name}" ended with exit code ${code}: ${stderr.trim().slice(-500)}`)
      )
  })
  const up = Effect.flatMap(Fiber.join(taken), (is) => is ? ended : Effect.raceFirst(ended, listening(program.port)))
  return { fiber, ready: Effect.as(up, address) }
}
