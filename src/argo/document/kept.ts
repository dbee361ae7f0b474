/** A manifest as it is kept with its runs: the files that it needs, as text, without the values of Secrets. */
import { existsSync } from "node:fs"
import * as Schema from "effect/Schema"
import { type Bundle, decode, type Located, type SourceFile } from "./decode/decode.ts"
import { type Plain, readYaml, Spelled } from "./decode/readYaml.ts"
import { definitionDigest } from "./definitionDigest.ts"
import type { StoreDocument, WorkflowDocument } from "./Manifest.ts"
import { reachable } from "./resources.ts"
import { calledBy } from "../compile/submission.ts"

const KeptFile = Schema.Struct({
  name: Schema.String,
  text: Schema.String,
  path: Schema.optionalKey(Schema.String),
  isResource: Schema.optionalKey(Schema.Boolean)
})

/** What is kept, as JSON. */
const Kept = Schema.Struct({
  version: Schema.Literal(1),
  workflow: Schema.optionalKey(Schema.String),
  entrypoint: Schema.optionalKey(Schema.String),
  files: Schema.Array(KeptFile)
})

/** What is kept of a manifest, and which workflow of it is meant. */
export interface KeptManifest {
  readonly files: ReadonlyArray<SourceFile>
  readonly workflow?: string
  readonly entrypoint?: string
}

/** A loaded manifest, of which a part is kept. */
export interface Chosen {
  readonly files: ReadonlyArray<SourceFile>
  readonly bundle: Bundle
  readonly owner: Located<WorkflowDocument>
  readonly entrypoint: string | undefined
}

/** The text to be kept, and its digest. */
export const keep = (
  { bundle, entrypoint, files, owner }: Chosen
): { readonly digest: string; readonly text: string } => {
  const workflows = reachable(bundle, [owner])
  const { plugins, stores } = bundle
  const name = calledBy(owner)
  const kept: typeof Kept.Type = {
    version: 1,
    ...(name === "" ? {} : { workflow: name }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    files: files.filter(isNeeded(bundle, workflows)).map((file) => ({ ...file, text: withoutSecrets(file) }))
  }
  return { digest: definitionDigest({ workflows, stores, plugins, entrypoint }), text: JSON.stringify(kept) }
}

/**
 * Files of templates that nothing refers to are left out; those
 * of ConfigMaps, Secrets and plugins may be used under any name.
 */
const isNeeded = (bundle: Bundle, workflows: ReadonlyArray<Located<WorkflowDocument>>) => {
  const others = new Set(bundle.workflows.map(({ findings }) => findings.places.file))
  for (const { findings } of workflows) others.delete(findings.places.file)
  const isOther = /^[ \t-]*["']?kind["']?\s*:\s*["']?(?:ConfigMap|Secret|PersistentVolumeClaim|ExecutorPlugin|List)\b/m
  return ({ name, text }: SourceFile): boolean => !others.has(name) || isOther.test(text) || text.includes('"kind"')
}

/** What was kept. Throws when it is none. */
export const readKept = (text: string): KeptManifest => {
  const { version: _, ...kept } = Schema.decodeUnknownSync(Kept)(JSON.parse(text))
  return { ...kept, files: kept.files.map(readAgain) }
}

/** A file that is there no more is not read again. */
const readAgain = ({ path, ...file }: SourceFile): SourceFile =>
  path === undefined || !existsSync(path) ? file : { ...file, path }

/** The text of a file in which Secrets have no values. */
const withoutSecrets = ({ name, text }: SourceFile): string => {
  if (!text.includes("Secret")) return text
  const { stores } = decode([{ name, text }])
  if (!stores.some(({ kind }) => kind === "Secret")) return text
  return readYaml(name, text).documents.map((it) => written(emptied(it))).join("\n---\n")
}

type PlainMap = { readonly [key: string]: Plain }

const emptied = (plain: Plain): Plain => {
  if (!isMap(plain)) return plain
  const { items, kind } = plain
  if (kind === "List" && Array.isArray(items)) return { ...plain, items: items.map(emptied) }
  if (kind !== "Secret") return plain
  const keys = ["data", "stringData", "binaryData"].flatMap((field) => {
    const values = plain[field] ?? null
    return isMap(values) ? Object.keys(values) : []
  })
  const { metadata = {} } = plain
  return { kind, metadata, stringData: Object.fromEntries(keys.map((key) => [key, ""])) }
}

const isMap = (plain: Plain): plain is PlainMap =>
  typeof plain === "object" && plain !== null && !Array.isArray(plain) && !(plain instanceof Spelled)

/** As YAML in one line: JSON, with numbers as they were spelled. */
const written = (plain: Plain): string => {
  if (plain === null) return "null"
  if (plain instanceof Spelled) return plain.text
  if (typeof plain === "string") return JSON.stringify(plain)
  if (Array.isArray(plain)) return `[${plain.map(written).join(",")}]`
  return `{${Object.entries(plain).map(([key, value]) => `${JSON.stringify(key)}: ${written(value)}`).join(", ")}}`
}

/** A Secret of a kept manifest whose values are in no file that was named. */
export class SecretMissing extends Error {
  override readonly name = "SecretMissing"

  constructor(secret: string) {
    super(`it needs the values of Secret "${secret}", which are not kept with a run: name a file that holds it`)
  }
}

/** Stores in which Secrets have the values that `known` has for them. Throws when it has none for one. */
export const withSecrets = (
  stores: ReadonlyArray<StoreDocument>,
  known: ReadonlyArray<StoreDocument>
): ReadonlyArray<StoreDocument> =>
  stores.map((store) => {
    if (store.kind !== "Secret") return store
    const { name, namespace } = store.metadata
    const found = known.find(({ kind, metadata }) =>
      kind === "Secret" && metadata.name === name && metadata.namespace === namespace
    )
    if (found !== undefined) return found
    throw new SecretMissing(name ?? "")
  })
