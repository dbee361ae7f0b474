/** What is decided about a run before anything of it is stored: its id, its instant, its labels. */
import * as Effect from "effect/Effect"
import type { JournalError } from "../../journal/JournalError.ts"
import type { AnyWorkflow } from "../../workflow/Definition.ts"
import type { Beginning as Begun } from "../../workflow/RunLabels.ts"
import { labelsFault, sentence } from "../../workflow/values.ts"
import { unversioned } from "../../workflow/version.ts"
import type { Engine } from "../Engine.ts"
import { InvalidInput } from "../EngineError.ts"
import type { StartRule } from "../../run/Event.ts"
import { cacheLabel } from "../../run/cacheMode.ts"
import { fromText } from "../node/value.ts"
import { encodeInput } from "./inputs.ts"
import type { StartOptions } from "./startOptions.ts"

/** The options of a run with all that is decided. */
export interface Beginning extends Pick<StartOptions, "leave" | "policy" | "priority">, Begun {
  readonly labels: Readonly<Record<string, string>>
  /** The encoded input. */
  readonly text: string
  /** What start policies have decided. */
  readonly rule?: StartRule
  /** Whether its starter chose the id. */
  readonly isNamed: boolean
}

/** Decides and goes on, or says why the run is not to begin. */
export const beginning = <A, E>(
  engine: Engine,
  workflow: AnyWorkflow,
  options: StartOptions,
  input: unknown,
  go: (begun: Beginning) => Effect.Effect<A, E>
): Effect.Effect<A, E | InvalidInput | JournalError> => {
  const text = encodeInput(engine, workflow, input)
  if (text instanceof InvalidInput) return Effect.fail(text)
  const named = (id: string): Effect.Effect<A, E | InvalidInput> => {
    const begun = labelled(engine, workflow, options, text, { id, createdAt: engine.host.now() })
    return begun instanceof InvalidInput ? Effect.fail(begun) : go(begun)
  }
  return options.id === undefined ? engine.ids.next(unversioned(workflow), named) : named(options.id)
}

const labelled = (
  engine: Engine,
  workflow: AnyWorkflow,
  options: StartOptions,
  text: string,
  begun: Begun
): Beginning | InvalidInput => {
  const refused = (message: string) => new InvalidInput({ workflow: workflow.name, message })
  try {
    // Labels of a workflow lie beneath those of whoever starts a run of it.
    const mode: Readonly<Record<string, string>> = options.cache === undefined ? {} : { [cacheLabel]: options.cache }
    const labels = { ...own(workflow, text, begun), ...options.labels, ...mode }
    const fault = labelsFault(labels, engine.host.limits.labels)
    if (fault !== undefined) return refused(sentence("the labels of the run", fault))
    return { ...options, ...begun, labels, text, isNamed: options.id !== undefined }
  } catch (error) {
    return refused(`The labels of its workflow cannot be made: ${error instanceof Error ? error.message : error}`)
  }
}

const own = ({ input, labels }: AnyWorkflow, text: string, begun: Begun): Readonly<Record<string, string>> =>
  typeof labels === "function" ? labels(fromText(input, text), begun) : labels
