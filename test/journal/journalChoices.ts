/** Contract cases of choosing runs: whatever storage does to find them, it finds what the rule for one row says. */
import { expect, it } from "vitest"
import type { RunQuery } from "../../src/journal/Journal.ts"
import { labelTerms } from "../../src/run/select/labelSelector.ts"
import { isMeant } from "../../src/run/select/runChoice.ts"
import { runFieldTerms } from "../../src/run/select/runFields.ts"
import { type Random, seeded } from "../run/random.ts"
import type { RunRow } from "../../src/run/State.ts"
import { append, createRun } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

const phases = ["Pending", "Running", "Succeeded", "Failed", "Error"] as const
const values = ["", "a", "b", "7", "-3", "+12", "1e3", "É"]
const names = ["app", "tier", "pinnace/own", "workflows.argoproj.io/phase"]

const rowOf = (n: number): Partial<RunRow> => ({
  createdAt: 10 + Math.floor(n / 3),
  startedAt: n % 4 === 0 ? 0 : 20 + n,
  finishedAt: n % 3 === 0 ? 0 : 40 + n,
  phase: phases[n % 5]!,
  workflow: n % 2 === 0 ? "Report" : "other",
  message: n % 7 === 0 ? "Disk FULL" : null,
  held: n % 6 === 0 ? "why" : null,
  origin: n % 8 === 0 ? "run-1" : null,
  priority: n % 3,
  suspended: n % 5 === 1,
  labels: Object.fromEntries(names.flatMap((name, at) => (n + at) % 3 === 0 ? [] : [[name, values[(n * 3 + at) % 8]!]]))
})

const labelNames = [...names, "none", "workflows.argoproj.io/completed"]
const wanted = ["", "a", "b", "7", "-3", "+12", "1e3", "true", "Failed"]

const termOf = (random: Random): string => {
  const name = random.pick(labelNames)
  return random.pick([
    `${name}${random.pick(["=", "==", "!="])}${random.pick(wanted)}`,
    `${name} ${random.pick(["in", "notin"])} (${random.pick(wanted)}, ${random.pick(wanted)})`,
    `${random.pick(["", "!"])}${name}`,
    `${name}${random.pick(["<", ">"])}${random.below(12) - 4}`
  ])
}

const queryOf = (random: Random): RunQuery => {
  const instant = () => random.below(80)
  const all: RunQuery = {
    workflow: random.pick(["Report", "other", "none"]),
    phases: phases.filter(() => random.below(2) === 0),
    held: random.below(2) === 0,
    resubmitted: random.below(2) === 0,
    prefix: random.pick(["run-1", "RUN", "run-É", ""]),
    text: random.pick(["RUN-2", "full", "report", "É", "é", "%", ""]),
    labels: labelTerms(Array.from({ length: 1 + random.below(3) }, () => termOf(random)).join(",")),
    fields: runFieldTerms(
      random.pick(["status.phase=Failed", "spec.priority!=1", "metadata.name=run-4,spec.suspend!=true"])
    ),
    createdAfter: instant(),
    createdBefore: instant(),
    startedAfter: instant(),
    startedBefore: instant(),
    endedAfter: instant(),
    endedBefore: instant()
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => random.below(name === "labels" ? 2 : 6) === 0))
}

/** Registers the cases. */
export const journalChoices = (world: () => JournalWorld): void => {
  it("listRuns() finds the runs that the rule for one row means, page by page; countRuns() counts them", async () => {
    const a = await world().open()
    const rows: Array<RunRow> = []
    for (let n = 0; n < 24; n++) rows.unshift(await createRun(world(), a, n === 23 ? "run-É%" : `run-${n}`, rowOf(n)))
    for (let seed = 0; seed < 400; seed++) {
      const query = queryOf(seeded(seed))
      const limit = seed % 2 === 0 ? 3 : 100
      const found: Array<RunRow> = []
      for (let more = true; more;) {
        const page = await a.listRuns(
          found.length === 0 ? { ...query, limit } : { ...query, limit, before: found.at(-1)! }
        )
        found.push(...page)
        more = page.length === limit
      }
      const meant = rows.filter((it) => isMeant(it, query))
      expect(found.map(({ id }) => id), JSON.stringify(query)).toEqual(meant.map(({ id }) => id))
      const counts = [...Map.groupBy(meant, ({ phase }) => phase)].map(([phase, { length }]) => [phase, length])
      expect(await a.countRuns(query), JSON.stringify(query)).toEqual(Object.fromEntries(counts))
    }
  })

  it("listRuns() follows labels that change and forgets those of deleted runs", async () => {
    const a = await world().open()
    const row = await createRun(world(), a, "r", { labels: { app: "x", tier: "1" } })
    const ids = async (labels: string) => (await a.listRuns({ labels: labelTerms(labels) })).map(({ id }) => id)
    await append(world(), a, [{ kind: "run", row: { ...row, labels: { app: "y" } } }])
    expect([await ids("app=x"), await ids("app=y"), await ids("tier"), await ids("app!=x")]).toEqual([[], ["r"], [], [
      "r"
    ]])
    await append(world(), a, [{ kind: "delete", run: row.key }])
    await createRun(world(), a, "other", { labels: {} })
    expect([await ids("app=y"), await ids("app in (x,y)"), await ids("!app")]).toEqual([[], [], ["other"]])
  })
}
