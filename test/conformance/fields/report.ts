/** The stored witnesses of fields: found, asked again, and told. */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Case } from "../Case.ts"
import { inLanes } from "../lanes.ts"
import { search, supportedFields } from "./search.ts"
import { unwitnessed } from "./unwitnessed.ts"
import { tell } from "./witness.ts"

const file = fileURLToPath(new URL("witnesses.json", import.meta.url))

/** The case that shows a field is read, by field. */
export const witnesses = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>

/** Looks for witnesses of the fields whose name fits, stores them and prints what is missing. Answers an exit code. */
export const findWitnesses = async (cases: ReadonlyArray<Case>, only: RegExp): Promise<number> => {
  const known = witnesses()
  const sought = supportedFields().filter((field) => only.test(field) && !Object.hasOwn(unwitnessed, field))
  const found = await search(cases, sought, known, (field, it) => {
    console.log(it === undefined ? `none      ${field}` : `${it.telling.padEnd(8)}  ${field}: ${it.case}`)
  })
  const kept = Object.entries(known).filter(([field]) => !sought.includes(field) && supportedFields().includes(field))
  const all = [...kept, ...[...found].map(([field, it]) => [field, it.case] as const)].toSorted()
  writeFileSync(file, JSON.stringify(Object.fromEntries(all), undefined, 2) + "\n")
  const missing = sought.filter((field) => !found.has(field))
  console.log(
    `${missing.length} of ${sought.length} fields have no witness${missing.map((it) => `\n  ${it}`).join("")}`
  )
  return missing.length === 0 ? 0 : 1
}

/** Asks each stored witness again; prints those that show nothing any more and answers how many. */
export const askWitnesses = async (cases: ReadonlyArray<Case>): Promise<number> => {
  let silent = 0
  const all = Object.entries(witnesses())
  await inLanes(all, async ([field, name]) => {
    const it = cases.find((it) => it.name === name)
    if (it !== undefined && await tell(it, field, 8_000) !== "same") return
    silent++
    console.log(`not ok  ${name} does not show that ${field} is read: npm run conformance -- --fields --only ${field}`)
  })
  console.log(`${all.length - silent} of ${all.length} fields have the witness on record`)
  return silent
}
