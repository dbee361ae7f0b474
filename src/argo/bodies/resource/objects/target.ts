/** Which object a resource template is about, and what it says of it. Pure. */
import { parse } from "yaml"
import { BadArgument } from "../../../document/BadArgument.ts"
import { kubectlActions } from "../kubectl/kubectlArguments.ts"
import type { Resource } from "../../../document/Manifest.ts"
import { actionsOf, kindOfWord } from "./resourceKinds.ts"

/** An object as JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The object that is meant, and the body of the template: an object, or a patch. */
export interface Target {
  readonly kind: string
  /** Empty where the object has a generated name. */
  readonly name: string
  readonly body: unknown
}

/** Reads it; `undefined` for one that kubectl takes care of. Throws BadArgument when nothing can be done with it. */
export const targetOf = (resource: Resource, hasKubectl: boolean): Target | undefined => {
  const { action = "", flags = [], manifest = "" } = resource
  const body: unknown = manifest.trim() === "" ? undefined : parse(manifest, { logLevel: "error" })
  const { kind, name } = isObject(body) && "kind" in body ? namedIn(body) : namedBy(flags)
  const actions = Object.hasOwn(actionsOf, kind) ? actionsOf[kind] : undefined
  if (actions === undefined && hasKubectl && kubectlActions.includes(action)) return undefined
  if (actions === undefined) {
    throw new BadArgument(`Objects of kind "${kind}" need a cluster: use --kubectl`)
  }
  if (!actions.includes(action)) throw new BadArgument(`A ${kind} does not support the action "${action}" here`)
  if (name === "" && action !== "create") throw new BadArgument(`The ${kind} has no name`)
  return { kind, name, body }
}

/** Whether a value is a map. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const namedIn = (body: JsonObject) => {
  const metadata = isObject(body["metadata"]) ? body["metadata"] : {}
  return { kind: String(body["kind"]), name: typeof metadata["name"] === "string" ? metadata["name"] : "" }
}

const withValue = new Set(["-n", "--namespace", "--context", "--kubeconfig"])

/** `workflow my-wf`, `workflow/my-wf`; options do not matter here. */
const namedBy = (flags: ReadonlyArray<string>) => {
  const words = flags.flatMap((it) => it.trim().split(/\s+/))
  const plain = words.filter((it, at) => !it.startsWith("-") && !withValue.has(words[at - 1] ?? ""))
  const [kind = "", name = ""] = plain[0]?.includes("/") === true ? plain[0].split("/") : plain
  return { kind: kindOfWord(kind) ?? kind, name }
}
