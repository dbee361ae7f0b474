/** Parameters of a manifest that a command line gives, held against those that it declares. */
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import { Usage } from "../Usage.ts"

/** Throws Usage for a parameter that the manifest does not declare: nothing would read it. */
export const refuseUnknownParameters = async (workflow: SomeWorkflow, input: unknown): Promise<void> => {
  const given = Object.keys((input as { readonly parameters?: object } | undefined)?.parameters ?? {})
  if (given.length === 0) return
  const { parametersDeclaredBy } = await import("../../argo/toWorkflow.ts")
  const names = parametersDeclaredBy(workflow)
  const wrong = names === undefined ? undefined : given.find((it) => !names.includes(it))
  if (names === undefined || wrong === undefined) return
  const known = names.length === 0 ? "it declares none" : `it declares ${names.join(", ")}`
  throw new Usage(`-p ${wrong}: the manifest has no such parameter, ${known}. ${didYouMean(wrong, names)}`.trim())
}
