/** All messages stand in one list, which is read as a whole: a new one is seen, and so is its English. */
import { join } from "node:path"
import { expect, it } from "vitest"
import { collectMessages, messagesOf } from "./collect.ts"
import { digest, listing } from "./listing.ts"
import { stilted } from "./stilted.ts"

const messages = collectMessages(join(import.meta.dirname, "../../src"))

it("every message of the sources is in the list (vitest run test/messages -u writes it anew: read what changed)", async () => {
  await expect(listing(messages)).toMatchFileSnapshot("messages.md")
})

it("finds what errors, refusals, hints and issues are made of, by its form alone", () => {
  const texts = (source: string): ReadonlyArray<string> => messagesOf("engine/x.ts", source).map(({ text }) => text)
  expect(texts('throw new Error("there is no run here")')).toEqual(["there is no run here"])
  expect(texts("fail({ message: `Run ${id} has ended before`, hint: 'Start another one' })")).toEqual([
    "Run report-1z has ended before. Start another one"
  ])
  expect(texts('say(n > 1 ? "some of these are wrong" : `it is ${cond ? "the only" : "not a"} one`)')).toEqual([
    "some of these are wrong",
    "it is the only one",
    "it is not a one"
  ])
  expect(texts('say("this is the first half" + `, and ${rest} the second`)')).toEqual([
    "this is the first half, and ‹rest› the second"
  ])
  expect(texts('db.prepare("SELECT a FROM b WHERE c is null")')).toEqual([])
  expect(texts('if (word === "one of these words") go("two words")')).toEqual([])
})

it("is written in plain English", () => {
  expect(messages.filter(({ text }) => stilted.test(text)).map(({ text, where }) => `${where}: ${text}`)).toEqual([])
})

it("has a digest that is read in ten minutes", () => {
  const read = digest(messages)
  expect(read.match(/(?<!\S)[^\s(#-]\S*/g)!.length).toBeLessThan(4_200)
  const of = (...texts: ReadonlyArray<string>) => digest(texts.map((text) => ({ area: "cli/verbs", where: "", text })))
  expect(of("Run report-1z has ended a long time ago", "Run b has begun just now, or not", "the options of all"))
    .toBe(
      "## cli\n\n- Run b has begun just now, or not (+1)\n"
    )
})
