/** Tasks that take a second and fail until their gate is opened, and how often each was run. */
import * as Effect from "effect/Effect"
import { Schema, task } from "../../mod.ts"

/** A gate is shut. */
export class Shut extends Schema.TaggedError<Shut>()("Shut", { gate: Schema.String }) {}

/** Gates by name. */
export class Gates {
  readonly #open = new Set<string>()
  readonly #runs = new Map<string, number>()

  /** Opens gates. */
  open(...names: ReadonlyArray<string>): void {
    for (const name of names) this.#open.add(name)
  }

  /** How often the task behind each of these gates was run. */
  runs(...names: ReadonlyArray<string>): ReadonlyArray<number> {
    return names.map((name) => this.#runs.get(name) ?? 0)
  }

  /** A task that goes through the gate its input names; tried twice with `retried`. */
  task(retried = false) {
    return task("gate", {
      input: Schema.String,
      output: Schema.String,
      errors: [Shut],
      ...(retried ? { retry: { limit: 1 } } : {}),
      run: (gate) => this.pass(gate)
    })
  }

  /** Goes through a gate, or fails. */
  pass(gate: string): Effect.Effect<string, Shut> {
    this.#runs.set(gate, (this.#runs.get(gate) ?? 0) + 1)
    const passed = this.#open.has(gate) ? Effect.succeed(gate) : Effect.fail(new Shut({ gate }))
    return Effect.andThen(Effect.sleep("1 second"), passed)
  }
}
