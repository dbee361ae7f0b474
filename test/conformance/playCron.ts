/** Plays a case of a CronWorkflow on virtual time. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../src/embed/Pinnace.ts"
import { markOf } from "../../src/argo/cron/CronRuns.ts"
import { CronKeeper, type CronNews, loadCrons, viewRun } from "../../src/argo/mod.ts"
import { TestBed } from "../engine/TestBed.ts"
import type { Case } from "./Case.ts"
import type { CronExpectation } from "./Expectation.ts"

const instant = (millis: number): string => new Date(millis).toISOString().replace(/:00\.000Z$/, "Z")

/** Keeps the CronWorkflow going for as long as the case says; answers what is not as expected. */
export const playCron = async ({ text }: Case, expected: CronExpectation): Promise<ReadonlyArray<string>> => {
  const bed = new TestBed(1)
  bed.elapse(Date.parse(expected.from) - bed.now)
  const news: Array<CronNews> = []
  const keep = (): Pinnace => {
    const fail = (): never => {
      throw new Error("no")
    }
    const [found] = loadCrons([{ name: "case.yaml", text }], { templates: { fail } })
    const pinnace = bed.open()
    new CronKeeper({ engine: pinnace.engine, ...found!, tell: (it) => void news.push(it) }).begin()
    return pinnace
  }
  let pinnace = keep()
  if (expected.away !== undefined) {
    const [from, until] = expected.away.map((text) => Date.parse(text)) as [number, number]
    await pass(bed, from)
    bed.crash(pinnace)
    bed.elapse(until - bed.now)
    pinnace = keep()
  }
  await pass(bed, Date.parse(expected.until))
  return compared(pinnace, news, expected)
}

/** Lets time pass; one that is never due again lets it stand still. */
const pass = (bed: TestBed, until: number): Promise<void> =>
  bed.until(() => bed.now >= until).catch(() => bed.elapse(Math.max(0, until - bed.now)))

const compared = async (
  pinnace: Pinnace,
  news: ReadonlyArray<CronNews>,
  expected: CronExpectation
): Promise<ReadonlyArray<string>> => {
  const rows = (await pinnace.list({ limit: 1_000 })).toSorted((a, b) => a.createdAt - b.createdAt)
  const runs = Object.fromEntries(rows.map((row) => [instant(markOf(row)?.due ?? 0), row.phase]))
  const view = rows[0] === undefined ? undefined : Effect.runSync(viewRun(pinnace.engine, rows[0].id))
  const reasons = news.flatMap((it) => "why" in it ? [it.why] : [])
  return [
    ...differs("news", news.flatMap(told), expected.news),
    ...(expected.reasons ?? []).filter((part) => !reasons.some((why) => why.includes(part))).map((part) =>
      `no reason "${part}", but ${JSON.stringify(reasons)}`
    ),
    ...(expected.runs === undefined ? [] : differs("runs", runs, expected.runs)),
    ...Object.entries(expected.outputs ?? {}).flatMap(([name, value]) =>
      differs(`output ${name}`, view?.outputs.parameters?.find((it) => it.name === name)?.value, value)
    )
  ]
}

const told = (it: CronNews): ReadonlyArray<string> => {
  if (it.type === "waiting") return []
  return ["due" in it ? `${it.type} ${instant(it.due)}` : it.type]
}

const differs = (what: string, actual: unknown, wanted: unknown): ReadonlyArray<string> => {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)]
  return a === b ? [] : [`${what}: ${a}, expected ${b}`]
}
