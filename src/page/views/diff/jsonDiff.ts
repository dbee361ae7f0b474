/** What differs between two JSON values, place by place. Pure. */
import type { Json } from "../../../run/Event.ts"

/** A place where they differ; a side is `undefined` where there is nothing. */
export interface JsonChange {
  /** `rows[3].name`; empty for the value as a whole. */
  readonly at: string
  readonly left: Json | undefined
  readonly right: Json | undefined
}

type Fields = Readonly<Record<string, Json | undefined>>

const isFields = (value: Json | undefined): value is Json & object => typeof value === "object" && value !== null

const placeOf = (at: string, name: string, isList: boolean): string =>
  isList
    ? `${at}[${name}]`
    : /^[\w$-]+$/.test(name)
    ? `${at}${at === "" ? "" : "."}${name}`
    : `${at}[${JSON.stringify(name)}]`

/** The differences, at most `most` of them, in the order of the first value. */
export const jsonDiff = (
  left: Json | undefined,
  right: Json | undefined,
  most = 200
): ReadonlyArray<JsonChange> => {
  const found: Array<JsonChange> = []
  const compare = (a: Json | undefined, b: Json | undefined, at: string): void => {
    if (found.length >= most || a === b) return
    if (!isFields(a) || !isFields(b) || Array.isArray(a) !== Array.isArray(b)) {
      return void found.push({ at, left: a, right: b })
    }
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    const own = (of: Json & object, name: string): Json | undefined =>
      Object.hasOwn(of, name) ? (of as Fields)[name] : undefined
    for (const name of names) compare(own(a, name), own(b, name), placeOf(at, name, Array.isArray(a)))
  }
  compare(left, right, "")
  return found
}
