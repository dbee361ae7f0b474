/** Manifests written anew without one of their fields, by the support table. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments } from "yaml"
import type { Shape } from "../../../src/argo/document/decode/Field.ts"
import { supportTable } from "../../../src/argo/document/decode/supportTable.ts"

/** A manifest in other words. */
export interface Rewritten {
  readonly text: string
  /** The supported fields that it has, as `Object.field`. */
  readonly fields: ReadonlySet<string>
}

/** The manifest in flow style, scalars spelled as they were; everywhere without the dropped field. */
export const rewrite = (text: string, dropped?: string): Rewritten => {
  const writer = new Writer(dropped)
  const documents = (parseAllDocuments(text) as ReadonlyArray<Document>).filter(({ contents }) => contents !== null)
  return { text: documents.map((it) => writer.document(it)).join("\n---\n") + "\n", fields: writer.fields }
}

const shapes: Readonly<Record<string, Shape>> = Object.fromEntries(
  [
    ["Workflow", "Workflow"],
    ["WorkflowTemplate", "Workflow"],
    ["ClusterWorkflowTemplate", "Workflow"],
    ["CronWorkflow", "CronWorkflow"],
    ["ExecutorPlugin", "ExecutorPlugin"],
    ["ConfigMap", "Store"],
    ["Secret", "Store"],
    ["PersistentVolumeClaim", "Store"]
  ].map(([kind, name]) => [kind, { kind: "object", name: name! }])
)

const anything: Shape = { kind: "any" }

class Writer {
  readonly fields = new Set<string>()
  readonly #dropped: string | undefined
  #document: Document | undefined

  constructor(dropped: string | undefined) {
    this.#dropped = dropped
  }

  document(document: Document): string {
    this.#document = document
    return this.#root(document.contents as Node)
  }

  #root(node: Node): string {
    const kind = isMap(node) ? String(node.get("kind")) : ""
    const items = isMap(node) ? node.get("items") : undefined
    if (kind !== "List" || !isSeq(items)) return this.#write(node, shapes[kind] ?? anything)
    return `{"kind": "List", "items": [${items.items.map((item) => this.#root(item as Node)).join(", ")}]}`
  }

  #write(node: Node | null, shape: Shape): string {
    if (node === null) return "null"
    if (isAlias(node)) return this.#write(node.resolve(this.#document!) ?? null, shape)
    if (isMap(node)) return `{${this.#members(node.items as ReadonlyArray<Pair>, shape).join(", ")}}`
    if (isSeq(node)) return `[${node.items.map((item) => this.#write(item as Node, elementOf(shape))).join(", ")}]`
    if (!isScalar(node)) return "null"
    return typeof node.value === "string" ? JSON.stringify(node.value) : node.source || "null"
  }

  #members(pairs: ReadonlyArray<Pair>, shape: Shape): ReadonlyArray<string> {
    const own = new Set(pairs.map(({ key }) => nameOf(key)))
    return pairs.flatMap(({ key, value }) => {
      if (nameOf(key) === "<<") return this.#merged(value as Node, shape, own)
      const inner = this.#inner(shape, nameOf(key))
      return inner === undefined ? [] : [`${JSON.stringify(nameOf(key))}: ${this.#write(value as Node | null, inner)}`]
    })
  }

  #merged(node: Node, shape: Shape, own: ReadonlySet<string>): ReadonlyArray<string> {
    const source = isAlias(node) ? node.resolve(this.#document!) : node
    if (isSeq(source)) return source.items.flatMap((item) => this.#merged(item as Node, shape, own))
    if (!isMap(source)) return []
    const pairs = source.items as ReadonlyArray<Pair>
    return this.#members(pairs.filter(({ key }) => !own.has(nameOf(key))), shape)
  }

  /** The shape of a member; `undefined` when it is to be left out. */
  #inner(shape: Shape, name: string): Shape | undefined {
    if (shape.kind !== "object") return elementOf(shape)
    const field = Object.hasOwn(supportTable[shape.name]!, name) ? supportTable[shape.name]![name] : undefined
    const full = `${shape.name}.${name}`
    if (field?.support._tag === "Supported") this.fields.add(full)
    return full === this.#dropped ? undefined : field?.shape ?? anything
  }
}

const nameOf = (key: unknown): string => isScalar(key) ? key.source ?? String(key.value) : String(key)

const elementOf = (shape: Shape): Shape => shape.kind === "list" || shape.kind === "map" ? shape.of : anything
