/** What templates can read: texts by dotted name. */
import { nested } from "./nested.ts"

/**
 * The variables of one place, on top of those around it.
 *
 * Owns: the names set here. Does not own: the parent's. Invariants: a value is text and is never looked at as a
 * template; a name that is known to have no value is `null`, which expressions read as nil and tags do not find.
 */
export class Variables {
  readonly #own: ReadonlyMap<string, string | null>
  readonly #parent: Variables | undefined
  #tree: Readonly<Record<string, unknown>> | undefined

  constructor(own: ReadonlyMap<string, string | null>, parent?: Variables) {
    this.#own = own
    this.#parent = parent
  }

  /** The text of a name, or `undefined`. */
  get(name: string): string | undefined {
    const own = this.#own.get(name)
    return own === undefined ? this.#parent?.get(name) : own ?? undefined
  }

  /** These variables and more on top. */
  with(more: Iterable<readonly [string, string | null]>): Variables {
    return new Variables(new Map(more), this)
  }

  /** Every name with its text. */
  all(): ReadonlyMap<string, string | null> {
    return this.#parent === undefined ? this.#own : new Map([...this.#parent.all(), ...this.#own])
  }

  /** The names as expressions read them: `a.b` is `b` of `a`. */
  get tree(): Readonly<Record<string, unknown>> {
    return this.#tree ??= nested(this.all())
  }
}
