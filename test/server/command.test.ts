/** Command lines of clients: what they may not do on the machine of the server. */
import { expect, it } from "vitest"
import { serveCommand } from "../../src/cli/running/serveCommand.ts"

/** What a command line did: its exit code, what was told, and the words that were done. */
const sent = async (args: ReadonlyArray<string>, readOnly = false) => {
  let done: ReadonlyArray<string> | undefined
  let asked: unknown
  let told = ""
  const again = (words: ReadonlyArray<string>, streams: { readonly in?: unknown }) => {
    done = words
    asked = streams.in
    return Promise.resolve(0)
  }
  const tell = (text: string) => void (told += text)
  const use = serveCommand({ again, shell: { db: "state.db" } } as unknown as Parameters<typeof serveCommand>[0])
  const code = await use({ args, readOnly, out: tell, err: tell, signal: new AbortController().signal })
  return { code, done, asked, told }
}

it.each([
  ["a module, whose code would run", ["graph", "/tmp/flow.mjs"]],
  ["a module with options", ["graph", "--mermaid", "./flow.ts"]],
  ["another server, which would get the token of this one", ["list", "--server", "http://elsewhere.example"]],
  ["another server, in one word", ["list", "--server=http://elsewhere.example"]],
  ["another state file", ["list", "--db=other.db"]],
  ["traces of errors", ["list", "--debug"]],
  ["a verb that reads files", ["run", "flow.yaml"]],
  ["an option in the place of the verb", ["--server=http://elsewhere.example", "list"]]
])("are refused when they name %s", async (_, args) => {
  const { code, done, told } = await sent(args)
  expect([code, done]).toEqual([64, undefined])
  expect(told).toContain("does not do")
})

it("are done on the state file of the server, and nobody at its terminal is asked", async () => {
  const { asked, code, done } = await sent(["graph", "a-run"])
  expect([code, done]).toEqual([0, ["graph", "a-run", "--db", "state.db", "--no-color"]])
  expect(asked).toBeDefined()
  expect(asked).not.toHaveProperty("isTTY")
})

it("only look where the server only shows", async () => {
  expect((await sent(["stop", "a-run"], true)).code).toBe(64)
  expect((await sent(["get", "a-run"], true)).code).toBe(0)
})
