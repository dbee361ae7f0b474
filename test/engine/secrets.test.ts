import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { expect, onTestFinished, test } from "vitest"
import { open, Schema, secret, task, workflow } from "../../mod.ts"
import type { TaskContext } from "../../mod.ts"
import { removeTree } from "../removeTree.ts"

const canary = "canary-7f3a91-in-clear"

/** A state file, and everything that is on disk beside it. */
const makeFile = () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  const bytes = () => readdirSync(directory).map((name) => readFileSync(join(directory, name), "latin1")).join("")
  return { path: join(directory, "state.db"), bytes }
}

const provider = (name: string) => name === "token" ? canary : undefined

class Denied extends Schema.TaggedError<Denied>()("Denied", { token: Schema.Redacted(Schema.String) }) {}

const login = task("login", {
  input: { user: Schema.String, token: Schema.Redacted(Schema.String) },
  output: Schema.Number,
  run: ({ token, user }, { log }) => {
    log("logging in", { user, token })
    return Redacted.value(token).length
  }
})

const secretive = workflow(
  "secretive",
  { input: { user: Schema.String, token: Schema.Redacted(Schema.String) } },
  (w) => w.node("login", login, { input: { user: w.input.user, token: w.input.token } })
)

test("A reference to a secret is resolved for the body and is in clear neither in the file, nor in events, nodes or logs", async () => {
  const { path, bytes } = makeFile()
  const pinnace = await open(path, { secrets: provider })
  const run = await pinnace.start(secretive, { user: "ada", token: secret("token") })
  expect(await run.result()).toBe(canary.length)
  const seen = JSON.stringify([await run.nodes({ values: true }), await run.logs(), await pinnace.list()])
  const events = []
  for await (const event of run.events()) events.push(event)
  expect(seen + JSON.stringify(events)).not.toContain(canary)
  expect(JSON.stringify(await run.nodes({ values: true }))).toContain("token")
  expect((await run.logs())[0]?.text).toContain("<redacted")
  await pinnace.close()
  expect(bytes().includes("logging in")).toBe(true)
  expect(bytes().includes(canary)).toBe(false)
})

test("A redacted value that came from clear text is refused before anything of it is written", async () => {
  const { path, bytes } = makeFile()
  const pinnace = await open(path, { secrets: provider })
  const refused = pinnace.start(secretive, { user: "ada", token: Redacted.make(canary) })
  await expect(refused).rejects.toMatchObject({ _tag: "InvalidInput", message: expect.not.stringContaining(canary) })
  expect(await pinnace.list()).toEqual([])
  await pinnace.close()
  expect(bytes().includes(canary)).toBe(false)
})

test("A body asks for a secret by name and gets its clear value", async () => {
  const { path, bytes } = makeFile()
  const pinnace = await open(path, { secrets: (name) => Promise.resolve(provider(name)) })
  const body = async (_: void, context: TaskContext) => (await context.secret("token")).length
  const run = await pinnace.start(workflow("asks", {}, (w) => w.node("asks", task("asks", { run: body }))))
  expect(await run.result()).toBe(canary.length)
  await pinnace.close()
  expect(bytes().includes(canary)).toBe(false)
})

test("A secret that the provider does not know is named in the error", async () => {
  const pinnace = await open(":memory:", { secrets: provider })
  onTestFinished(() => pinnace.close())
  const body = (_: void, context: TaskContext) => context.secret("tokne")
  const one = workflow("asks", {}, (w) => {
    w.node("asks", task("asks", { run: body }))
    w.node("login", login, { input: { user: "ada", token: secret("tokne") } })
  })
  const run = await pinnace.start(one)
  await run.ending()
  const messages = (await run.nodes()).map((
    { path, phase, reason, message }
  ) => [path, phase, reason, /"tokne"/.test(message ?? "")])
  expect(messages.sort()).toEqual([["asks", "Error", "Defect", true], ["login", "Error", "BadInput", true]])
})

test("Secrets come from the environment unless a provider is given", async () => {
  process.env["PINNACE_TEST_TOKEN"] = canary
  onTestFinished(() => {
    delete process.env["PINNACE_TEST_TOKEN"]
  })
  const pinnace = await open(":memory:")
  onTestFinished(() => pinnace.close())
  const run = await pinnace.start(secretive, { user: "ada", token: secret("PINNACE_TEST_TOKEN") })
  expect(await run.result()).toBe(canary.length)
})

test("A secret that a body puts into an error, a log line, a stack or an outcome is masked wherever it is recorded", async () => {
  const { path, bytes } = makeFile()
  const pinnace = await open(path, { secrets: provider })
  const careless = async (_: void, context: TaskContext) => {
    const token = await context.secret("token")
    context.log(`using ${token}`)
    context.progress(1, 2, `with ${token}`)
    throw new Error(`401 for Bearer ${token}`)
  }
  const lines = workflow("careless", {}, (w) => {
    w.node("careless", task("careless", { retry: { limit: 1 }, run: careless }))
    w.onExit(({ outcome }, { log }) => log("it ended", outcome))
  })
  const run = await pinnace.start(lines)
  expect((await run.ending()).message).toContain("401 for Bearer")
  await pinnace.close()
  expect(bytes().includes("401 for Bearer")).toBe(true)
  expect(bytes().includes(canary)).toBe(false)
})

test("A secret inside an error class, which could not be recorded by name, is refused before anything runs", async () => {
  const pinnace = await open(":memory:", { secrets: provider })
  onTestFinished(() => pinnace.close())
  const denied = task("denied", {
    input: { token: Schema.Redacted(Schema.String) },
    errors: [Denied],
    run: ({ token }) => Effect.fail(new Denied({ token }))
  })
  const one = workflow("denied", {}, (w) => w.node("denied", denied, { input: { token: secret("token") } }))
  await expect(pinnace.start(one)).rejects.toMatchObject({
    _tag: "InvalidWorkflow",
    issues: [{ path: expect.stringContaining("denied") }]
  })
})
