/** The executor plugins among the files. */
import { parse } from "yaml"
import type { Container } from "../../document/Container.ts"
import type { PluginDocument, StoreDocument } from "../../document/Manifest.ts"

/** A plugin that can be started. */
export interface PluginProgram {
  readonly name: string
  readonly container: Container
  /** Where it listens. */
  readonly port: number
}

const usualPort = 4355
const label = "workflows.argoproj.io/configmap-type"

/** Documents of kind ExecutorPlugin, and the ConfigMaps that Argo makes of them. */
export const pluginsOf = (
  documents: ReadonlyArray<PluginDocument>,
  stores: ReadonlyArray<StoreDocument>
): ReadonlyArray<PluginProgram> => [
  ...documents.map(({ metadata, spec }) => programOf(metadata.name, spec.sidecar?.container ?? {})),
  ...stores.filter((it) => it.kind === "ConfigMap" && it.metadata.labels?.[label] === "ExecutorPlugin")
    .map(({ data, metadata }) => programOf(metadata.name, read(data["sidecar.container"])))
]

const read = (text: string | undefined): Container => {
  const made: unknown = parse(text ?? "{}", { logLevel: "error" })
  return typeof made === "object" && made !== null ? made : {}
}

const programOf = (name: string = "", { ports, ...container }: Container): PluginProgram => ({
  name,
  container,
  port: Number(ports?.[0]?.containerPort ?? usualPort)
})
