/** What templates can read: texts by dotted name. */
import { nested } from "./nested.ts"

/**
 * The variables of one place, on top of those around it.
 *
 * Owns: the names set here. Does not own: the parent's. Invariant: a value is text and is never looked at as a template.
 */
export class Variables {
  readonly #own: ReadonlyMap<string, string>
  readonly #parent: Variables | undefined
  #tree: Readonly<Record<string, unknown>> | undefined

  constructor(own: ReadonlyMap<string, string>, parent?: Variables) {
    this.#own = own
    this.#parent = parent
  }

  /** The text of a name, or `undefined`. */
  get(name: string): string | undefined {
    return this.#own.get(name) ?? this.#parent?.get(name)
  }

  /** These variables and more on top. */
  with(more: Iterable<readonly [string, string]>): Variables {
    return new Variables(new Map(more), this)
  }

  /** Every name with its text. */
  all(): ReadonlyMap<string, string> {
    return this.#parent === undefined ? this.#own : new Map([...this.#parent.all(), ...this.#own])
  }

  /** The names as expressions read them: `a.b` is `b` of `a`. */
  get tree(): Readonly<Record<string, unknown>> {
    return this.#tree ??= nested(this.all())
  }
}
