/**
 * Keeps clear values of secrets out of everything that is recorded.
 *
 * Owns: the clear values that bodies of one run have seen. Does not own: where they came from (`secret.ts`), who asks
 * (the ledger for every fact, the log for every line, and whoever refuses a value instead of masking it).
 */
import type { Json } from "../../run/Event.ts"
import { secretForms } from "./secretForms.ts"

/** Fields of facts that the engine itself has written, and finds again by. */
const structural = new Set(["type", "path", "kind", "phase", "reason", "from", "reset", "mode", "digest", "workflow"])

/** The secrets that bodies of one run have seen in clear. */
export class Mask {
  /** Forms of values and the names of their secrets, the longest first. */
  #forms: ReadonlyArray<readonly [form: string, name: string]> = []
  #known: Set<string> | undefined

  /** Remembers a clear value; values shorter than four characters are too common to be looked for. */
  add(name: string, value: string): void {
    if (this.#known?.has(value) === true) return
    this.#known = (this.#known ?? new Set()).add(value)
    const own = secretForms(value).map((form) => [form, name] as const)
    this.#forms = [...this.#forms, ...own].toSorted(([a], [b]) => b.length - a.length)
  }

  /** The text with every form of a clear value replaced by its name. */
  readonly hide = (text: string): string => {
    let hidden = text
    for (const [form, name] of this.#forms) {
      // A function, since a name may hold `$`.
      if (hidden.includes(form)) hidden = hidden.replaceAll(form, () => `<secret ${name}>`)
    }
    return hidden
  }

  /** A value with all texts in it hidden. */
  hideIn(value: Json): Json {
    if (typeof value === "string") return this.hide(value)
    if (typeof value === "number") return this.nameIn(String(value)) === undefined ? value : this.hide(String(value))
    if (value === null || typeof value === "boolean") return value
    if (Array.isArray(value)) return value.map((item) => this.hideIn(item))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.hide(key), this.hideIn(item)]))
  }

  /** A fact as it may be recorded; the same object when no secret is known. */
  hideInFact<Fact extends object>(fact: Fact): Fact {
    return this.#forms.length === 0 ? fact : this.#fields(fact)
  }

  #fields<Fact extends object>(fact: Fact): Fact {
    const fields = Object.entries(fact).map(([key, value]) => {
      if (structural.has(key)) return [key, value]
      return [key, key === "ending" ? this.#fields(value) : this.hideIn(value)]
    })
    return Object.fromEntries(fields) as Fact
  }

  /** The name of a secret that stands in a text in any form, or `undefined`. */
  nameIn(text: string): string | undefined {
    return this.#forms.find(([form]) => text.includes(form))?.[1]
  }
}
