import { mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { open, Schema, task, type TaskContext, workflow } from "../../mod.ts"
import { Mask } from "../../src/engine/node/Mask.ts"
import { seeded } from "../run/random.ts"
import { removeTree } from "../removeTree.ts"

/** Everything that writers of JSON, URLs, consoles and headers do to a text. */
const written = (value: string): Readonly<Record<string, string>> => ({
  "as it is": value,
  json: JSON.stringify(value),
  "json in json": JSON.stringify(JSON.stringify(value)),
  "ascii json": JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`
  ),
  url: encodeURIComponent(value),
  "lower url": encodeURIComponent(value).replace(/%../g, (it) => it.toLowerCase()),
  form: new URLSearchParams({ q: value }).toString(),
  base64: Buffer.from(value).toString("base64"),
  base64url: Buffer.from(value).toString("base64url"),
  "basic auth": Buffer.from(`user:${value}`).toString("base64"),
  "within base64": Buffer.from(`us:${value}:and more`).toString("base64"),
  "elsewhere within base64": Buffer.from(`u:${value}x`).toString("base64url"),
  hex: Buffer.from(value).toString("hex"),
  console: `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
})

const pieces = [
  '"',
  "'",
  "\\",
  "\n",
  "\t",
  "é",
  "😀",
  "$1",
  "$&",
  ".*",
  "(",
  "[",
  "+",
  "/",
  "?",
  "&",
  "=",
  "%",
  " ",
  "a",
  "Z9",
  "<",
  "\u2028"
]

const secrets = (seed: number, count: number): ReadonlyArray<string> => {
  const { next } = seeded(seed)
  const one = () =>
    Array.from({ length: 6 + Math.floor(next() * 20) }, () => pieces[Math.floor(next() * pieces.length)]!).join("")
  return Array.from({ length: count }, one).filter((it) => it.trim().length > 3)
}

/** The longest part of a secret, in any writing, that must be nowhere. */
const core = (text: string): string => text.replace(/^["']+|["'=]+$/g, "").slice(4, -4)

it("a secret of any characters is found in whatever way it is written", () => {
  for (const value of secrets(1, 300)) {
    const mask = new Mask()
    mask.add("token $& name", value)
    for (const [way, text] of Object.entries(written(value))) {
      const hidden = mask.hide(`before ${text} after`)
      expect(hidden, `${way} of ${JSON.stringify(value)}`).toContain("<secret token $& name>")
      if (core(text).length >= 8) {
        expect(hidden, `${way} of ${JSON.stringify(value)}`).not.toContain(core(text))
      }
      expect(mask.nameIn(JSON.stringify({ text }))).toBe("token $& name")
    }
  }
})

it("lines of a key, longer secrets that hold shorter ones, and numbers are found; other texts are left alone", () => {
  const mask = new Mask()
  const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"
  expect(mask.hide("nothing is known")).toBe("nothing is known")
  mask.add("short", "abcd")
  mask.add("long", "xabcdx")
  mask.add("key", key)
  mask.add("pin", "48151623")
  expect(mask.hide("xabcdx abcd")).toBe("<secret long> <secret short>")
  expect(mask.hide("line MIIEvQIBADANBgkq")).toBe("line <secret key>")
  expect(mask.hide("-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----")
  expect(mask.hideIn({ abcd: [48151623, 7, true, null, "abc"] })).toEqual({
    "<secret short>": ["<secret pin>", 7, true, null, "abc"]
  })
  mask.add("tiny", "abc")
  expect(mask.hide("abc")).toBe("abc")
})

class Denied
  extends Schema.TaggedError<Denied>()("Denied", { why: Schema.String, more: Schema.Array(Schema.String) }) {}

/** Puts a secret wherever a body can put a text. */
const careless = async (_: void, context: TaskContext): Promise<string> => {
  const value = await context.secret("token")
  const all = Object.values(written(value))
  const ignore = (work: Promise<unknown>) => work.catch((error) => context.log(error))
  for (const text of all) {
    context.log(text, { text }, [text], new Error(text))
    context.log.warn(new Map([[text, text]]))
    context.progress(1, 2, text)
  }
  await ignore(context.artifacts.putText(value, "x"))
  await ignore(context.artifacts.putText(`a-${Buffer.from(value).toString("hex")}`, "x"))
  await ignore(context.artifacts.putText("b", "x", { key: `k/${encodeURIComponent(value)}` }))
  await ignore(context.artifacts.putText("c", "x", { mediaType: `text/${value}` }))
  await ignore(context.call(`child ${value}`, nested, { text: "x" }))
  await ignore(context.call("child", nested, { text: all.join(" ") }))
  await ignore(context.call("output", task("output", { output: Schema.Array(Schema.String), run: () => all })))
  await ignore(context.call(
    "typed",
    task("typed", {
      errors: [Denied],
      run: () => {
        throw new Denied({ why: value, more: all })
      }
    })
  ))
  const cause = Object.assign(new TypeError(all.join("\n"), { cause: value }), { name: `Cause${value}` })
  const members = new AggregateError([cause, new Error(value)], value, { cause })
  throw Object.assign(members, { name: `E ${value}`, code: value, _tag: `T ${value}` })
}

const nested = task("nested", { input: { text: Schema.String }, run: () => {} })

it("no form of a secret reaches the file, wherever a body puts it", async () => {
  for (const value of [...secrets(7, 4), `p"a\\s's\n{w}*o[r]d$&é😀/+=`]) {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), "masking-")))
    onTestFinished(() => removeTree(directory))
    const pinnace = await open(join(directory, "state.db"), { secrets: () => value })
    const lines = workflow("careless", {}, (w) => {
      w.node("careless", task("careless", { retry: { limit: 1 }, run: careless }))
      w.onExit(({ outcome }, { log }) => log(outcome))
    })
    const run = await pinnace.start(lines)
    const ending = await run.ending()
    expect(JSON.stringify(ending)).toContain("<secret token>")
    await pinnace.close()
    const bytes = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((it) => it.includes("state.db"))
      .flatMap((it) => {
        try {
          return [readFileSync(join(directory, it))]
        } catch {
          return []
        }
      })
    const all = Buffer.concat(bytes)
    expect(all.includes("<secret token>")).toBe(true)
    for (const [way, text] of Object.entries(written(value))) {
      for (const form of [core(text), core(JSON.stringify(text))]) {
        // Four characters at each end belong to what stands around it.
        if (form.length >= 8) expect(all.includes(form), `${way} of ${JSON.stringify(value)}: ${form}`).toBe(false)
      }
    }
  }
})
