/** The environment of a container. */
import type { Container, EnvVar } from "../../document/Container.ts"
import type { StoreDocument } from "../../document/Manifest.ts"
import { BadArgument } from "../../document/BadArgument.ts"
import { storedText } from "../../values/arguments.ts"
import { expand } from "../../values/expansion.ts"
import { own } from "../../../workflow/own.ts"

/** What fields of the pod say here. */
export interface PodFields {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Variables by name. Throws BadArgument. */
export const environmentOf = (
  { env = [], envFrom = [] }: Container,
  stores: ReadonlyArray<StoreDocument>,
  pod: PodFields
): Readonly<Record<string, string>> => {
  const made: Record<string, string> = {}
  for (const { configMapRef, prefix = "", secretRef } of envFrom) {
    const ref = configMapRef ?? secretRef
    const kind = configMapRef === undefined ? "Secret" : "ConfigMap"
    const found = stores.find((it) => it.kind === kind && it.metadata.name === ref?.name)
    if (found === undefined && ref?.optional !== true) {
      throw new BadArgument(`${kind} '${ref?.name}' is not in the given files`)
    }
    for (const [key, value] of Object.entries(found?.data ?? {})) made[`${prefix}${key}`] = value
  }
  for (const variable of env) {
    const value = valueOf(variable, stores, pod)
    if (value !== undefined) made[variable.name ?? ""] = variable.valueFrom === undefined ? expand(value, made) : value
  }
  return made
}

const valueOf = (
  { name, value, valueFrom }: EnvVar,
  stores: ReadonlyArray<StoreDocument>,
  pod: PodFields
): string | undefined => {
  if (valueFrom === undefined) return value ?? ""
  const { configMapKeyRef, fieldRef, secretKeyRef } = valueFrom
  if (fieldRef !== undefined) return fieldOf(fieldRef.fieldPath ?? "", pod)
  const ref = configMapKeyRef ?? secretKeyRef
  const kind = configMapKeyRef === undefined ? "Secret" : "ConfigMap"
  const found = storedText(kind, ref ?? {}, stores)
  if (found !== undefined || ref?.optional === true) return found
  throw new BadArgument(
    `${kind} '${ref?.name}' with key '${ref?.key}', for the variable ${name}, is not in the given files`
  )
}

const fieldOf = (path: string, pod: PodFields): string => {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (keyed !== null) return pod[keyed[1] as "labels" | "annotations"][keyed[2]!] ?? ""
  const known: Readonly<Record<string, string>> = {
    "metadata.name": pod.name,
    "metadata.namespace": pod.namespace,
    "spec.nodeName": "localhost",
    "status.podIP": "127.0.0.1",
    "status.hostIP": "127.0.0.1"
  }
  return own(known, path) ?? ""
}
