/** What the parameters of a run are. */
import { BadArgument } from "../document/BadArgument.ts"
import type { WorkflowSpec } from "../document/Manifest.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { storedText } from "./arguments.ts"
import { own } from "../../workflow/own.ts"

/** What they are made of besides what is given. */
export interface ParameterSources {
  readonly spec: WorkflowSpec
  readonly stores: ReadonlyArray<StoreDocument>
}

/** Their values by name. Throws BadArgument when one has none, or one that may not be. */
export const parametersOf = (
  { spec, stores }: ParameterSources,
  given: Readonly<Record<string, string>>
): ReadonlyMap<string, string> => {
  const made = new Map<string, string>()
  for (const { default: fallback, enum: allowed, name = "", value, valueFrom } of spec.arguments?.parameters ?? []) {
    const stored = valueFrom?.configMapKeyRef === undefined
      ? undefined
      : storedText("ConfigMap", valueFrom.configMapKeyRef, stores)
    const found = own(given, name) ?? value ?? fallback ?? stored ?? valueFrom?.default
    if (found === undefined) {
      throw new BadArgument(`spec.arguments.${name}.value or spec.arguments.${name}.valueFrom is required`)
    }
    if (allowed !== undefined && !allowed.includes(found)) {
      throw new BadArgument(`spec.arguments.${name}.value should be present in spec.arguments.${name}.enum list`)
    }
    made.set(name, found)
  }
  for (const [name, value] of Object.entries(given)) if (!made.has(name)) made.set(name, value)
  return made
}
