/**
 * Every fault a source of limits can have, made for real, and what it
 * leads to: it passes and who waits goes on, or the node ends in Error.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { describe, expect, it, onTestFinished } from "vitest"
import {
  limitFromEnv,
  limitFromFile,
  limitFromUrl,
  type LimitSource,
  open,
  Schema,
  semaphore,
  task,
  workflow
} from "../../mod.ts"
import { openConnection } from "../../src/sqlite/Database.ts"
import { removeTree } from "../removeTree.ts"

const makeDirectory = (): string => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-")))
  onTestFinished(() => removeTree(directory))
  return directory
}

/** A server on this port, or on any; answers the port. */
const listen = (listener: RequestListener, port = 0): Promise<number> => {
  const server: Server = createServer(listener)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return new Promise((resolve) =>
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  )
}

/** A port that nobody listens on any more. */
const closedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** A source with a fault, what is said of it, and what mends it. */
interface Broken {
  readonly source: LimitSource
  readonly said: string | RegExp
  readonly mend: () => unknown
}

/** A server that misbehaves until it is mended. */
const server = async (listener: RequestListener, said: Broken["said"], timeout?: number): Promise<Broken> => {
  let isMended = false
  const port = await listen((request, response) => {
    if (isMended) response.end('{ "limits": { "api": 1 } }')
    else listener(request, response)
  })
  const url = `http://127.0.0.1:${port}/`
  return {
    source: limitFromUrl(url, "limits.api", timeout === undefined ? {} : { timeout }),
    said,
    mend: () => {
      isMended = true
    }
  }
}

const status = (code: number): RequestListener => (_, response) => response.writeHead(code).end("no")

const file = (name: string, content: string | undefined, said: Broken["said"], mended = '{ "api": 1 }'): Broken => {
  const path = join(makeDirectory(), name)
  if (content !== undefined) writeFileSync(path, content)
  return { source: limitFromFile(path, "api"), said, mend: () => writeFileSync(path, mended) }
}

const passing: Readonly<Record<string, () => Broken | Promise<Broken>>> = {
  "a closed port": async () => {
    const port = await closedPort()
    const said = /ECONNREFUSED|fetch failed|connection|unable to connect/i
    return { source: limitFromUrl(`http://127.0.0.1:${port}/`), said, mend: () => listen((_, it) => it.end("1"), port) }
  },
  "a server that answers 500": () => server(status(500), "it answered 500"),
  "a server that answers 503": () => server(status(503), "it answered 503"),
  "a server that answers 429": () => server(status(429), "it answered 429"),
  "a server that never answers": () => server(() => {}, /time|abort/i, 50),
  "a server that hangs up": () =>
    server((request) => request.socket.destroy(), /fetch failed|closed|connection|reset|terminated|sending request/i),
  "a file that is being written": () => file("limits.json", "", "the file is empty"),
  "a database that somebody locks": () => {
    const path = join(makeDirectory(), "limits.db")
    const locking = openConnection(path)
    locking.exec("CREATE TABLE limits (api INTEGER); INSERT INTO limits VALUES (1); BEGIN EXCLUSIVE")
    const reading = openConnection(path)
    onTestFinished(() => void (reading.close(), locking.close()))
    const read = async () => reading.prepare("SELECT api FROM limits").pluck().get()
    return {
      source: { _tag: "LimitSource", describe: "table limits", read },
      said: "database is locked",
      mend: () => locking.exec("COMMIT")
    }
  }
}

const lasting: Readonly<Record<string, () => Broken | Promise<Broken>>> = {
  "no file": () => file("limits.json", undefined, /there is no file .*limits\.json, key "api"/),
  "no directory": () => {
    const path = join(makeDirectory(), "none", "limits.json")
    const mend = () => {
      mkdirSync(join(path, ".."))
      writeFileSync(path, '{ "api": 1 }')
    }
    return { source: limitFromFile(path, "api"), said: "there is no file", mend }
  },
  "a file that is not JSON": () => file("limits.json", "api = 1", /limits\.json, key "api": it is not JSON/),
  "a file that is not YAML": () => file("limits.yaml", "api: [1", /limits\.yaml, key "api": it is not YAML/, "api: 1"),
  "a file without the key": () => file("limits.json", '{ "web": 1 }', /is missing in file .*limits\.json, key "api"/),
  "a key that every object has": () => file("limits.json", '{ "constructor": 1 }', "is missing"),
  "a word": () => file("limits.json", '{ "api": "abc" }', /key "api" is "abc": it must be a whole number/),
  "a negative number": () => file("limits.yml", "api: -1", /limits\.yml, key "api" is -1/, "api: 1"),
  "a fraction": () => file("limits.json", '{ "api": 1.5 }', 'key "api" is 1.5'),
  "an object": () => file("limits.json", '{ "api": { "limit": 1 } }', 'key "api" is {"limit":1}'),
  "a server that answers 404": () => server(status(404), /URL http:.*key "limits.api": it answered 404/),
  "a server that answers 403": () => server(status(403), "it answered 403"),
  "a server that answers garbage": () => server((_, it) => it.end("<html>"), "it is not JSON"),
  "a server that answers without the key": () => server((_, it) => it.end("{}"), 'key "limits.api"'),
  "an environment variable that is not set": () => ({
    source: limitFromEnv("PINNACE_TEST_LIMIT"),
    said: "environment variable PINNACE_TEST_LIMIT",
    mend: () => {
      process.env["PINNACE_TEST_LIMIT"] = "1"
      onTestFinished(() => void delete process.env["PINNACE_TEST_LIMIT"])
    }
  })
}

const start = async (source: LimitSource) => {
  const work = task("work", {
    output: Schema.String,
    permits: [semaphore("s", { limit: source }).take()],
    run: () => "done"
  })
  const pinnace = await open(":memory:")
  onTestFinished(() => pinnace.close())
  return pinnace.start(workflow("w", {}, (w) => w.node("work", work)))
}

/** Waits until something is so; everything that makes it so happens by itself. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!await isSo()) await new Promise<void>((resolve) => setImmediate(resolve))
}

describe("A fault that passes", () => {
  it.each(Object.keys(passing))(
    "%s: the node is Pending and says why, and works once the source answers",
    async (fault) => {
      const { mend, said, source } = await passing[fault]!()
      const run = await start(source)
      const because = async () => (await run.why("work"))[0]?.because ?? ""
      await until(async () =>
        (await run.nodes())[0]?.waiting === "Permit" && (await because()).includes(source.describe) ||
        (await because()).includes("locked")
      )
      expect(await because()).toMatch(said)
      expect((await run.nodes())[0]).toMatchObject({ path: "work", phase: "Pending" })
      await mend()
      expect(await run.result()).toBe("done")
    }
  )
})

describe("A fault that does not pass by itself", () => {
  it.each(Object.keys(lasting))(
    "%s: the node ends in Error that names source and key, and can be retried once it is mended",
    async (fault) => {
      const { mend, said, source } = await lasting[fault]!()
      const run = await start(source)
      expect(await run.ending()).toMatchObject({ phase: "Error" })
      const [node] = await run.nodes()
      expect(node).toMatchObject({ path: "work", phase: "Error", reason: "BadLimit" })
      expect(node?.message).toContain(source.describe)
      expect(node?.message).toMatch(said)
      await mend()
      await run.retry()
      expect(await run.result()).toBe("done")
    }
  )
})

describe("limitFromFile", () => {
  it("reads a path of names in YAML, and hears of a change made in place while somebody waits", async () => {
    const path = join(makeDirectory(), "limits.yaml")
    writeFileSync(path, "# permits\nlimits:\n  api: 0\n")
    const run = await start(limitFromFile(path, "limits.api"))
    await until(async () => (await run.why("work"))[0]?.because.includes("its limit is 0") === true)
    writeFileSync(path, "limits:\n  api: 1\n")
    expect(await run.result()).toBe("done")
    expect(existsSync(path)).toBe(true)
  })
})
