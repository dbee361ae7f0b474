/** YAML text as plain values that remember where they were written. YAML 1.2: `yes`, `no`, `on` and `off` are texts. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type ParsedNode } from "yaml"
import { Findings } from "./Findings.ts"
import { indentFlow } from "./indentFlow.ts"
import { Places } from "./Places.ts"

/** How large a file may be, in characters. */
const maxText = 20_000_000
/** How many values a file may have, aliases followed. */
const maxValues = 300_000
/** How deep a file may nest. */
const maxDepth = 200

/** A scalar whose spelling matters: `007`, `1e3`. */
export class Spelled {
  readonly value: number | boolean | bigint
  readonly text: string

  constructor(value: number | boolean | bigint, text: string) {
    this.value = value
    this.text = text
  }
}

/** A plain value: numbers and booleans keep their spelling. */
export type Plain = null | string | Spelled | ReadonlyArray<Plain> | { readonly [key: string]: Plain }

/** The documents of one file. */
export interface YamlFile {
  readonly documents: ReadonlyArray<Plain>
  readonly findings: Findings
}

/** Reads all documents of a file; what is wrong is in the findings. */
export const readYaml = (file: string, text: string): YamlFile => {
  const findings = new Findings(new Places(file, text.length > maxText ? "" : text))
  if (text.length > maxText) {
    findings.addAt(0, { code: "too-large", message: `The file has ${text.length} characters, the limit is ${maxText}` })
    return { documents: [], findings }
  }
  try {
    return { documents: documentsOf(text, findings), findings }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    findings.addAt(0, { code: "too-deep", message: `The file is nested deeper than ${maxDepth}` })
    return { documents: [], findings }
  }
}

const documentsOf = (text: string, findings: Findings): ReadonlyArray<Plain> => {
  const source = text.replace(/^\uFEFF/, " ")
  refuseDepth(source)
  return parsedDocuments(source).flatMap((document) => {
    for (const error of withoutFollowing(document.errors)) {
      findings.addAt(error.pos[0], {
        code: "yaml",
        message: `Invalid YAML: ${error.message}`,
        hint: hintFor(error.code)
      })
    }
    if (document.errors.length > 0 || document.contents === null) return []
    const value = new Reader(document, findings).value(document.contents, 0)
    return value === null ? [] : [value]
  })
}

/** What is found after a mistake in the syntax mostly follows from it; a key that is there twice misleads nobody. */
const withoutFollowing = (errors: Document.Parsed["errors"]): Document.Parsed["errors"] => {
  const first = errors.findIndex(({ code }) => code !== "DUPLICATE_KEY")
  return first < 0 ? errors : errors.slice(0, first + 1)
}

const parsedDocuments = (source: string): ReadonlyArray<Document.Parsed> => {
  const strict = parseStrictly(source)
  if (strict.every(({ errors }) => errors.length === 0)) return strict
  const relaxed = parseStrictly(indentFlow(source))
  return relaxed.every(({ errors }) => errors.length === 0) ? relaxed : strict
}

const parseStrictly = (source: string): ReadonlyArray<Document.Parsed> => {
  const parsed = parseAllDocuments(source, { prettyErrors: false, merge: true, logLevel: "silent", intAsBigInt: true })
  return Array.isArray(parsed) ? parsed : []
}

/** The parser recurses: what would overflow its stack is refused before. */
const refuseDepth = (text: string): void => {
  for (const [row] of text.matchAll(/[[{][[{\s]*/g)) {
    if (row.length >= 1_000 && row.replace(/\s+/g, "").length >= 1_000) throw new RangeError()
  }
  if (text.includes("- ".repeat(1_000))) throw new RangeError()
}

const hintFor = (code: string): string =>
  code === "TAB_AS_INDENT" ? "Indent with spaces" : code === "DUPLICATE_KEY" ? "Keep one of the two" : ""

class Reader {
  readonly #document: Document.Parsed
  readonly #findings: Findings
  #count = 0

  constructor(document: Document.Parsed, findings: Findings) {
    this.#document = document
    this.#findings = findings
  }

  value(node: Node | ParsedNode | null, depth: number): Plain {
    if (depth > maxDepth) throw new RangeError()
    if (node === null) return null
    if (++this.#count > maxValues) {
      return this.#refuse(node, "too-many", `The document has more than ${maxValues} values, aliases followed`)
    }
    if (isAlias(node)) return this.#alias(node, depth)
    if (isMap(node)) return this.#map(node.items as ReadonlyArray<{ key: Node; value: Node | null }>, node, depth)
    if (isSeq(node)) return this.#list(node.items as ReadonlyArray<Node>, node, depth)
    return isScalar(node) ? scalar(node.value, node.source) : null
  }

  #refuse(node: Node, code: string, message: string): null {
    if (this.#count <= maxValues + 1 || code !== "too-many") this.#findings.addAt(startOf(node), { code, message })
    return null
  }

  #alias(node: Node & { readonly source: string }, depth: number): Plain {
    const target = (node as Node & { resolve(document: Document.Parsed): Node | undefined }).resolve(this.#document)
    if (target === undefined) return this.#refuse(node, "alias", `Unknown alias *${node.source}`)
    return this.value(target, depth + 1)
  }

  #list(items: ReadonlyArray<Node>, node: Node, depth: number): Plain {
    const list: Array<Plain> = []
    this.#findings.places.note(list, "", startOf(node))
    items.forEach((item, index) => {
      this.#findings.places.note(list, index, startOf(item))
      list.push(this.value(item, depth + 1))
    })
    return list
  }

  #map(pairs: ReadonlyArray<{ readonly key: Node; readonly value: Node | null }>, node: Node, depth: number): Plain {
    const made: Record<string, Plain> = Object.create(null)
    this.#findings.places.note(made, "", startOf(node))
    for (const { key, value } of pairs) {
      if (!isScalar(key)) this.#compound(key)
      else if (key.value === "<<" || String(key.value) === "Symbol(<<)") this.#merge(made, value, depth)
      else this.#member(made, key.source ?? String(key.value), key, value, depth)
    }
    return made
  }

  #member(made: Record<string, Plain>, name: string, key: Node, value: Node | null, depth: number): void {
    this.#findings.places.note(made, name, value === null ? startOf(key) : startOf(value))
    made[name] = this.value(value, depth + 1)
  }

  #merge(made: Record<string, Plain>, node: Node | null, depth: number): void {
    const merged = this.value(node, depth + 1)
    for (const source of Array.isArray(merged) ? merged : [merged]) {
      if (typeof source !== "object" || source === null) continue
      for (const [key, value] of Object.entries(source)) made[key] ??= value as Plain
    }
  }

  #compound(key: Node): void {
    this.#findings.addAt(startOf(key), {
      code: "unquoted-template",
      message: "A key must be a word; braces without quotes are read as a map",
      hint: 'Put text that begins with {{ in quotes: "{{…}}"'
    })
  }
}

const startOf = (node: Node | null): number => (node?.range ?? [0])[0]

const scalar = (value: unknown, source: string | undefined): Plain => {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return new Spelled(value, source ?? String(value))
  }
  return value === null || value === undefined ? null : String(value)
}
