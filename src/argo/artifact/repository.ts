/** The artifact repository that is configured by ConfigMaps among the files. */
import { parse } from "yaml"
import type { Repository, S3Location } from "../document/Locations.ts"
import type { StoreDocument, WorkflowSpec } from "../document/Manifest.ts"
import { BadArgument } from "../document/BadArgument.ts"

const defaultKey = "workflows.argoproj.io/default-artifact-repository"

/**
 * The repository that a workflow names, else the default one; `undefined` when none is configured. Throws BadArgument.
 */
export const repositoryOf = (
  { artifactRepositoryRef: ref }: WorkflowSpec,
  stores: ReadonlyArray<StoreDocument>
): Repository | undefined => {
  const name = ref?.configMap ?? "artifact-repositories"
  const map = stores.find((it) => it.kind === "ConfigMap" && it.metadata.name === name)
  if (map === undefined) return undefined
  const key = ref?.key ?? map.metadata.annotations?.[defaultKey]
  if (key === undefined) return undefined
  const text = map.data[key]
  if (text !== undefined) return read(text, `${name}/${key}`)
  const known = Object.keys(map.data).join(", ")
  throw new BadArgument(`artifactRepositoryRef: the ConfigMap "${name}" has no key "${key}", but ${known || "none"}`)
}

const read = (text: string, where: string): Repository => {
  const made = parse(text, { logLevel: "error" }) as { readonly s3?: S3Location & { readonly keyFormat?: string } }
  if (made?.s3?.bucket === undefined) {
    throw new BadArgument(`The artifact repository "${where}" has no s3.bucket: only S3 can be used`)
  }
  const { keyFormat, ...s3 } = made.s3
  return { s3, ...(keyFormat === undefined ? {} : { keyFormat }) }
}
