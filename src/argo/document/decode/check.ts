/** Holds a plain YAML value against the support table: typed value out, problems and uses noted. */
import { DURATION_MAX } from "../../../workflow/values.ts"
import { anyWhole, durationTextFault, told, wholeTextFault } from "../amounts.ts"
import type { Severity } from "../Issue.ts"
import { didYouMean } from "./didYouMean.ts"
import type { Field, Old, Shape } from "./Field.ts"
import type { Findings } from "./Findings.ts"
import { type Plain, Spelled } from "./readYaml.ts"
import { supportTable } from "./supportTable.ts"

/** A field that a manifest uses, for the report. */
export interface Use {
  readonly path: string
  readonly field: Field
  readonly file: string
  readonly line: number
}

/** Checks one document. */
export class Checker {
  readonly uses: Array<Use> = []
  readonly #findings: Findings
  /** Fields of earlier versions that have been pointed out. */
  readonly #warned = new Set<string>()
  readonly #unknown: Severity

  /** `unknown` is how bad fields are that Argo does not know. */
  constructor(findings: Findings, unknown: Severity) {
    this.#findings = findings
    this.#unknown = unknown
  }

  /** The typed value of a part, or `undefined` when it has the wrong shape. */
  value(plain: Plain, shape: Shape, container: object, key: string | number, path: string): unknown {
    switch (shape.kind) {
      case "any":
        return this.#loose(plain)
      case "text":
        return this.#text(plain, container, key, path)
      case "scalar":
        return this.#scalar(plain, container, key, path)
      case "number":
        return this.#number(plain, container, key, path)
      case "count":
      case "seconds":
        return this.#count(plain, shape.kind === "seconds" ? DURATION_MAX / 1_000 : undefined, container, key, path)
      case "whole":
      case "duration":
        return this.#amount(plain, shape.kind, container, key, path)
      case "bool":
        return plain instanceof Spelled && typeof plain.value === "boolean"
          ? plain.value
          : this.#wrong(plain, container, key, path, "true or false")
      case "list":
        return this.#list(plain, shape.of, container, key, path)
      case "map":
        return this.#map(plain, container, key, path, () => ({ shape: shape.of, support: { _tag: "Supported" } }))
      case "object":
        return this.#map(plain, container, key, path, (name, whole) => this.#field(shape.name, name, whole, path))
    }
  }

  #wrong(plain: Plain, container: object, key: string | number, path: string, wanted: string): undefined {
    const hint = wanted === "a string" && plain instanceof Spelled ? `Put it in quotes: "${plain.text}"` : ""
    this.#findings.add(container, key, {
      code: "type",
      message: `${path} is ${describe(plain)}, it must be ${wanted}`,
      hint: looksLikeTag(plain) ? 'Braces without quotes are read as a map: put the text in quotes, "{{…}}"' : hint
    })
    return undefined
  }

  #text(plain: Plain, container: object, key: string | number, path: string): string | undefined {
    if (typeof plain === "string") return plain
    return plain === null ? "" : this.#wrong(plain, container, key, path, "a string")
  }

  #scalar(plain: Plain, container: object, key: string | number, path: string): string | undefined {
    if (typeof plain === "string") return plain
    if (plain instanceof Spelled) return plain.text
    return plain === null ? "" : this.#wrong(plain, container, key, path, "a string, a number or a boolean")
  }

  #number(plain: Plain, container: object, key: string | number, path: string): number | undefined {
    const value = plain instanceof Spelled && typeof plain.value !== "boolean" ? Number(plain.value) : NaN
    return Number.isSafeInteger(value) ? value : this.#wrong(plain, container, key, path, "a whole number")
  }

  #count(
    plain: Plain,
    most = Number.MAX_SAFE_INTEGER,
    container: object,
    key: string | number,
    path: string
  ): number | undefined {
    const value = this.#number(plain, container, key, path)
    if (value === undefined || value >= 0 && value <= most) return value
    return this.#wrong(plain, container, key, path, `a whole number from 0${value < 0 ? "" : ` to ${most}`}`)
  }

  /** The text of an amount; what tags put in is asked when it is known. */
  #amount(
    plain: Plain,
    kind: "whole" | "duration",
    container: object,
    key: string | number,
    path: string
  ): string | undefined {
    const text = this.#scalar(plain, container, key, path)
    if (text === undefined || text === "" || text.includes("{{")) return text
    const fault = kind === "duration" ? durationTextFault(text) : wholeTextFault(text, anyWhole)
    if (fault === undefined) return text
    this.#findings.add(container, key, { code: kind, message: told(path, text, fault), hint: fault.hint })
    // Kept, so that nothing is said to be missing.
    return text
  }

  #list(
    plain: Plain,
    of: Shape,
    container: object,
    key: string | number,
    path: string
  ): ReadonlyArray<unknown> | undefined {
    if (plain === null) return undefined
    if (!Array.isArray(plain)) return this.#wrong(plain, container, key, path, "a list")
    const made: Array<unknown> = []
    this.#copyPlace(plain, made)
    plain.forEach((item: Plain, index) => {
      const value = this.value(item, of, plain, index, `${path}[${index}]`)
      this.#findings.places.note(made, made.length, this.#findings.places.offsetOf(plain, index))
      if (value !== undefined) made.push(value)
    })
    return made
  }

  #map(
    plain: Plain,
    container: object,
    key: string | number,
    path: string,
    fieldOf: (name: string, whole: object) => Field | undefined
  ): Readonly<Record<string, unknown>> | undefined {
    if (plain === null) return undefined
    if (!isRecord(plain)) return this.#wrong(plain, container, key, path, "a map")
    const made: Record<string, unknown> = Object.create(null)
    const old: Array<() => void> = []
    this.#copyPlace(plain, made)
    for (const [name, item] of Object.entries(plain)) {
      const field = fieldOf(name, plain)
      if (field === undefined || field.support._tag !== "Supported") continue
      if (item === null) continue
      const value = this.value(item, field.shape, plain, name, path === "" ? name : `${path}.${name}`)
      this.#findings.places.note(made, name, this.#findings.places.offsetOf(plain, name))
      if (value === undefined) continue
      const into = field.support.old?.into
      if (into === undefined) made[name] = value
      else old.push(() => this.#append(made, into, value, this.#findings.places.offsetOf(plain, name)))
    }
    for (const append of old) append()
    return made
  }

  /** What stands in a list today, and stood alone before. */
  #append(made: Record<string, unknown>, into: string, value: unknown, offset: number): void {
    const list = [...(made[into] as ReadonlyArray<unknown> | undefined) ?? [], value]
    this.#findings.places.note(list, "", offset)
    this.#findings.places.note(list, list.length - 1, offset)
    this.#findings.places.note(made, into, offset)
    made[into] = list
  }

  #copyPlace(from: object, to: object): void {
    this.#findings.places.note(to, "", this.#findings.places.offsetOf(from))
  }

  #field(object: string, name: string, whole: object, path: string): Field | undefined {
    const fields = supportTable[object]!
    const full = path === "" ? name : `${path}.${name}`
    if (!Object.hasOwn(fields, name)) {
      const severity = this.#unknown
      const way = severity === "error" ? "--strict=false runs the manifest without it" : ""
      const hint = didYouMean(name, Object.keys(fields)) || way
      const ignored = severity === "error" ? "" : " is ignored"
      this.#findings.add(whole, name, {
        code: "unknown-field",
        severity,
        message: `Unknown field ${full}${ignored}`,
        hint
      })
      return undefined
    }
    const field = fields[name]!
    const { line } = this.#findings.places.at(this.#findings.places.offsetOf(whole, name))
    this.uses.push({ path: full, field, file: this.#findings.places.file, line })
    if (field.support._tag === "Refused") {
      this.#findings.add(whole, name, { code: "refused", message: `${full} cannot be honoured: ${field.support.why}` })
    }
    if (field.support._tag === "Supported" && field.support.old !== undefined) {
      this.#old(whole, name, full, field.support.old)
    }
    return field
  }

  /** Once for each such field of a document. */
  #old(whole: object, name: string, path: string, { use }: Old): void {
    if (this.#warned.has(name)) return
    this.#warned.add(name)
    this.#findings.add(whole, name, {
      code: "deprecated",
      severity: "warning",
      message: `${path} is a form of earlier versions of Argo`,
      hint: `Write ${use}`
    })
  }

  #loose(plain: Plain): unknown {
    if (plain instanceof Spelled) return looseScalar(plain)
    if (typeof plain !== "object" || plain === null) return plain
    const made: Record<string, unknown> | Array<unknown> = Array.isArray(plain) ? [] : Object.create(null)
    this.#copyPlace(plain, made)
    for (const [name, item] of Object.entries(plain)) {
      this.#findings.places.note(made, name, this.#findings.places.offsetOf(plain, name))
      ;(made as Record<string, unknown>)[name] = this.#loose(item as Plain)
    }
    return made
  }
}

/** An integer too large for a number keeps its digits as text. */
const looseScalar = ({ value, text }: Spelled): unknown => {
  if (typeof value !== "bigint") return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : text
}

const isRecord = (plain: Plain): plain is { readonly [key: string]: Plain } =>
  typeof plain === "object" && plain !== null && !Array.isArray(plain) && !(plain instanceof Spelled)

const describe = (plain: Plain): string => {
  if (plain === null) return "empty"
  if (plain instanceof Spelled) return `the ${typeof plain.value === "boolean" ? "boolean" : "number"} ${plain.text}`
  return typeof plain === "string" ? `the text "${plain.slice(0, 60)}"` : Array.isArray(plain) ? "a list" : "a map"
}

const looksLikeTag = (plain: Plain): boolean => {
  if (!isRecord(plain)) return false
  const [key, ...more] = Object.keys(plain)
  return more.length === 0 && key !== undefined && /^\{.*\}$/.test(key)
}
