/** Contract cases of logs: whatever storage does to find lines, it finds what the rule for one line says. */
import { expect, it } from "vitest"
import type { LogLine } from "../../src/journal/Journal.ts"
import { isLineMeant, type LineChoice } from "../../src/run/select/lineChoice.ts"
import { type Random, seeded } from "../run/random.ts"
import { append, createRun } from "./JournalWorld.ts"
import type { JournalWorld } from "./JournalWorld.ts"

/** Signs of LIKE, GLOB, patterns and escapes; letters with capitals of several kinds; what storage may write apart. */
const signs = ["a", "A", "é", "É", "ß", "İ", "%", "_", "*", "?", "[", "]", "\\", "'", '"', ".", "^", "$", "(", ")", "|"]
const rare = [
  "\0",
  "\u001a",
  "0",
  "00",
  "1a",
  "u",
  "\n",
  " ",
  "😀",
  "\u{1f468}\u200d\u{1f4bb}",
  "e\u0301",
  "{",
  "+",
  "-"
]

const textOf = (random: Random, most: number): string =>
  Array.from({ length: random.below(most + 1) }, () => random.pick(random.below(2) === 0 ? signs : rare)).join("")

const levels = ["debug", "info", "warn", "error"] as const

const lineOf = (random: Random, run: number): LogLine => ({
  run,
  path: random.pick(["a", "A", "b/c[0]"]),
  attempt: 1 + random.below(2),
  at: random.below(5),
  level: random.pick(levels),
  text: textOf(random, 8),
  ...(random.below(2) === 0 ? {} : { data: JSON.stringify({ [textOf(random, 2)]: textOf(random, 8) }) })
})

const choiceOf = (random: Random): LineChoice => {
  const all: LineChoice = {
    path: random.pick(["a", "b/c[0]", "none"]),
    attempt: 1 + random.below(2),
    level: random.pick([...levels, "none"]),
    since: random.below(6),
    texts: Array.from({ length: random.below(4) }, () => textOf(random, 2))
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => random.below(name === "texts" ? 2 : 4) > 0))
}

/** Registers the cases. */
export const journalLines = (world: () => JournalWorld): void => {
  it("logs(), logsAfter() and countLogs() find the lines that the rule for one line means", async () => {
    const a = await world().open()
    const [run, other] = [await createRun(world(), a, "r"), await createRun(world(), a, "s")]
    const random = seeded(7)
    const lines = Array.from({ length: 120 }, (_, at) => lineOf(random, at % 6 === 0 ? other.key : run.key))
    await append(world(), a, lines.map((row) => ({ kind: "log", row })))
    const own = (await a.logsAfter(run.key, 0)).map(({ id, ...line }) => ({ id, line }))
    expect(own.map(({ line }) => line)).toEqual(lines.filter((it) => it.run === run.key))
    for (let seed = 0; seed < 150; seed++) {
      const choice = choiceOf(seeded(seed))
      const meant = own.filter(({ line }) => isLineMeant(line, choice)).map(({ id }) => id)
      const [after, skip, limit] = [own[seed % 7]!.id, seed % 3, 1 + seed % 20]
      const found = async (...query: Parameters<typeof a.logsAfter>) =>
        (await a.logsAfter(...query)).map(({ id }) => id)
      expect([
        await a.countLogs(run.key, choice),
        await found(run.key, 0, choice),
        await found(run.key, after, { ...choice, skip, limit }),
        (await a.logs(run.key, choice, limit)).map(({ text }) => text)
      ], JSON.stringify(choice)).toEqual([
        meant.length,
        meant,
        meant.filter((id) => id > after).slice(skip, skip + limit),
        own.filter(({ id }) => meant.includes(id)).slice(-limit).map(({ line }) => line.text)
      ])
    }
  })
}
