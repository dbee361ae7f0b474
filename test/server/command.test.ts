/** Command lines of clients: what they may not do on the machine of the server. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, describe, expect, it } from "vitest"
import { open } from "../../mod.ts"
import { remotely } from "../../src/cli/running/remote.ts"
import type { Shell } from "../../src/cli/Shell.ts"
import { Backlog, Telling } from "../../src/server/api/Telling.ts"
import { handler, type HandlerOptions } from "../../src/server/mod.ts"
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
  const code = await use({ args, who: "ada", readOnly, out: tell, err: tell, signal: new AbortController().signal })
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
  expect([code, done]).toEqual([0, ["graph", "a-run", "--db", "state.db", "--no-color", "--as", "ada"]])
  expect(asked).toBeDefined()
  expect(asked).not.toHaveProperty("isTTY")
})

it("only look where the server only shows", async () => {
  expect((await sent(["stop", "a-run"], true)).code).toBe(64)
  expect((await sent(["get", "a-run"], true)).code).toBe(0)
})

const token = "a-token-of-the-tests"
const pinnace = await open(":memory:")
afterAll(() => pinnace.close())

const answered = (command: NonNullable<HandlerOptions["command"]>): Promise<Response> =>
  handler(pinnace, { token, command })(
    new Request("http://127.0.0.1/pinnace/v1/command", {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: '{"args":["list"]}'
    })
  )

describe("What a command tells", () => {
  it("is kept for its client up to a bound; beyond that the command ends, and its client is told why", async () => {
    const piece = "x".repeat(1024 * 1024)
    let pieces = 0
    const { body } = await answered(async ({ out, signal }) => {
      for (; !signal.aborted && pieces < 100; pieces++) out(piece)
      return Promise.resolve(0)
    })
    expect(pieces).toBeLessThanOrEqual(64)
    const lines = (await new Response(body).text()).trim().split("\n").map((it) => JSON.parse(it) as object)
    expect(lines.slice(-2)).toEqual([{ err: expect.stringContaining("Read on while it prints") }, { code: 2 }])
    expect(lines).toHaveLength(pieces - 1 + 2)
  })

  it("has no end while its client reads", async () => {
    const { body } = await answered(async ({ out }) => {
      for (let at = 0; at < 80; at++) {
        out("x".repeat(1024 * 1024))
        await new Promise((resolve) => setTimeout(resolve))
      }
      return 0
    })
    let [size, text] = [0, ""]
    for await (const bytes of body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
      size += bytes.byteLength
      text = new TextDecoder().decode(bytes.subarray(-20))
    }
    expect(size).toBeGreaterThan(80 * 1024 * 1024)
    expect(text).toContain('{"code":0}\n')
  })

  it("says what went wrong, and not how the server is made", async () => {
    const broken = await answered(() => Promise.reject(new TypeError("at /home/secret.ts")))
    expect(await broken.text()).toBe('{"err":"Something unexpected went wrong in the server\\n"}\n{"code":2}\n')
    const refused = await answered(() => Promise.reject(Object.assign(new Error("It has ended"), { _tag: "Refused" })))
    expect(await refused.text()).toBe('{"err":"It has ended\\n"}\n{"code":2}\n')
  })

  it("shares one bound with that of all others, and leaves no trace in it", async () => {
    const backlog = new Backlog(100)
    const [one, two] = [new Telling(backlog), new Telling(backlog)]
    expect([one.tell({ out: "x".repeat(60) }), two.tell({ out: "x".repeat(60) })]).toEqual([true, false])
    one.leave()
    two.end({ code: 2 })
    const text = await new Response(new ReadableStream({ pull: (it) => two.pull(it) })).text()
    expect([text, backlog.take(100), backlog.take(1)]).toEqual(['{"code":2}\n', true, false])
  })
})

describe("The command with --server", () => {
  const told: Array<string> = []
  const shell = { write: () => {}, complain: (it: string) => void told.push(it) } as unknown as Shell

  it("does not take a token that all users of the machine can see", async () => {
    const address = `http://127.0.0.1:1/#token=${token}`
    await expect(remotely(shell, address, "list", [])).rejects.toThrow(/PINNACE_TOKEN/)
    await expect(remotely(shell, address, "list", [])).rejects.not.toThrow(token)
    await expect(remotely(shell, "http://", "list", [])).rejects.toThrow(/such as http/)
  })

  it("says when the connection was lost before the command had ended", async () => {
    await using server = await serveOnce('{"out":"half"}\n')
    expect(await remotely(shell, server.address, "list", [])).toBe(2)
    expect(told).toEqual([expect.stringContaining("was lost before the command had ended")])
  })
})

/** A server that answers with a text, and then cuts the connection. */
const serveOnce = async (text: string) => {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { "content-length": String(text.length + 10) })
    answer.write(text, () => answer.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve()))
  }
}
