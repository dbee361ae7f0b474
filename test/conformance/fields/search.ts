/** Looks for a witness of every supported field: a case that ends otherwise when the field is deleted from it. */
import { supportTable } from "../../../src/argo/document/decode/supportTable.ts"
import type { Case } from "../Case.ts"
import { inLanes } from "../lanes.ts"
import { play } from "../play.ts"
import { rewrite } from "./rewrite.ts"
import { tell, type Telling, tellings } from "./witness.ts"

/** A field's most telling case. */
export interface Witness {
  readonly case: string
  readonly telling: Telling
}

/** All fields that the support table calls supported, as `Object.field`. */
export const supportedFields = (): ReadonlyArray<string> =>
  Object.entries(supportTable).flatMap(([object, fields]) =>
    Object.entries(fields).flatMap(([field, { support }]) => support._tag === "Supported" ? [`${object}.${field}`] : [])
  )

/** The witnesses by field; fields without one are not in it. `known` is tried first. */
export const search = async (
  cases: ReadonlyArray<Case>,
  fields: ReadonlyArray<string>,
  known: Readonly<Record<string, string>>,
  told: (field: string, witness: Witness | undefined) => void
): Promise<ReadonlyMap<string, Witness>> => {
  const found = new Map<string, Witness>()
  const usable = cases.map((it) => ({ it, uses: rewrite(it.text).fields }))
  await inLanes(fields, async (field) => {
    const having = usable.filter(({ uses }) => uses.has(field)).map(({ it }) => it)
    const witness = await best(field, having.toSorted((a, b) => rank(a, known[field]) - rank(b, known[field])))
    told(field, witness)
    if (witness !== undefined) found.set(field, witness)
  })
  return found
}

/** The one that is known, then cases with runs, then short manifests. */
const rank = (it: Case, known: string | undefined): number =>
  it.name === known ? -1 : it.text.length + (it.expected.lint?.ok === false ? 1e6 : 0)

/** The first whose run is another, else the most telling; a case that needs its own spelling shows nothing. */
const best = async (field: string, cases: ReadonlyArray<Case>): Promise<Witness | undefined> => {
  let most: Witness | undefined
  for (const it of cases) {
    const telling = await tell(it, field, 30_000)
    if (telling === "same" || (most !== undefined && weight(most.telling) <= weight(telling))) continue
    if (!await isItself(it)) continue
    most = { case: it.name, telling }
    if (telling === "other") break
  }
  return most
}

const weight = (telling: Telling): number => tellings.indexOf(telling)

const itself = new Map<string, Promise<boolean>>()

/** Whether the case passes when it is written anew with all its fields. */
const isItself = (it: Case): Promise<boolean> => {
  const known = itself.get(it.name)
  if (known !== undefined) return known
  const asked = play({ ...it, text: rewrite(it.text).text }).then((problems) => problems.length === 0, () => false)
  itself.set(it.name, asked)
  return asked
}
