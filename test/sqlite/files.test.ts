import { answersOf } from "../journal/answers.ts"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { labelTerms } from "../../src/run/select/labelSelector.ts"
import type { JournalError } from "../../src/journal/JournalError.ts"
import { Database, refuseOldRuntime } from "../../src/sqlite/Database.ts"
import { schemaVersion } from "../../src/sqlite/migrate.ts"
import { openSqlite } from "../../src/sqlite/openSqlite.ts"
import { append, createRun, event, request, semaphore } from "../journal/JournalWorld.ts"
import type { JournalWorld } from "../journal/JournalWorld.ts"
import { Child, makeDirectory } from "./Child.ts"
import { open } from "../../mod.ts"
import { load, viewRun } from "../../src/argo/mod.ts"
import { differences } from "../../src/run/checkFold.ts"
import { fold } from "../../src/run/evolve.ts"
import { locked, twoSteps } from "./files/twoSteps.ts"
import { canMount, mountTmpfs } from "./mount.ts"

const world: JournalWorld = {
  open: () => answersOf(openSqlite(":memory:")),
  fence: () => {},
  tick: () => new Promise((resume) => setImmediate(resume)),
  dispose: () => {}
}

const refusal = (body: () => unknown): JournalError => {
  try {
    body()
  } catch (error) {
    return error as JournalError
  }
  throw new Error("was not refused")
}

const makeFile = async (file: string, events = 0): Promise<number> => {
  const journal = answersOf(openSqlite(file, { durability: "process" }))
  const { key } = await createRun(world, journal, "r")
  for (let seq = 1; seq <= events; seq++) journal.append([event(key, seq)])
  journal.close()
  return key
}

const alter = (file: string, sql: string): void => {
  const db = new Database(file)
  db.exec(sql)
  db.close()
}

/** Checks that a file is refused for this reason, named in the message, and left as it is. */
const expectRefusal = (file: string, reason: string): JournalError => {
  const before = existsSync(file) ? readFileSync(file) : undefined
  const error = refusal(() => answersOf(openSqlite(file)))
  expect(error).toMatchObject({ _tag: "JournalError", reason, isRetryable: false })
  expect(error.message).toContain(file)
  if (before !== undefined) expect(readFileSync(file).equals(before)).toBe(true)
  return error
}

describe("answersOf(openSqlite())", () => {
  it("refuses a file in a directory that does not exist", () => {
    expectRefusal(join(makeDirectory(), "missing", "state.db"), "NotFound")
  })

  it("refuses a directory", () => {
    const directory = makeDirectory()
    expect(refusal(() => answersOf(openSqlite(directory)))).toMatchObject({ reason: "Unwritable" })
  })

  it("refuses a file that is not a database", () => {
    const file = join(makeDirectory(), "photo.jpg")
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)]))
    expectRefusal(file, "NotADatabase")
  })

  it("refuses a database of another program", () => {
    const file = join(makeDirectory(), "other.db")
    alter(file, "CREATE TABLE runs (id)")
    expect(expectRefusal(file, "NotADatabase").message).toContain("another program")
  })

  it("refuses a database of a newer program", async () => {
    const file = join(makeDirectory(), "state.db")
    await makeFile(file)
    alter(file, `PRAGMA user_version = ${schemaVersion + 1}`)
    expect(expectRefusal(file, "NewerSchema").message).toContain("Update")
    expect(readdirSync(join(file, ".."))).toEqual(["state.db"])
  })

  it("refuses a file cut short", async () => {
    const file = join(makeDirectory(), "state.db")
    await makeFile(file, 500)
    truncateSync(file, 6000)
    expectRefusal(file, "Corrupt")
  })

  it("reports a damaged page when it is read, and keeps working where it can", async () => {
    const file = join(makeDirectory(), "state.db")
    const key = await makeFile(file, 2000)
    const bytes = readFileSync(file)
    bytes.fill(0x5a, bytes.length - 8 * 4096)
    writeFileSync(file, bytes)
    const journal = answersOf(openSqlite(file))
    expect(refusal(() => journal.events(key, 0))).toMatchObject({ reason: "Corrupt" })
    expect(journal.findRun("r")?.key).toBe(key)
    journal.close()
  })

  it("refuses a directory where the user may not write", async () => {
    const directory = makeDirectory()
    chmodSync(directory, 0o555)
    const child = new Child()
    if (process.getuid?.() === 0) await child.call("become", 65534)
    await expect(child.call("open", join(directory, "state.db"))).rejects.toThrow("Unwritable")
  })

  it.skipIf(!canMount)("refuses an existing file on a read-only disk (skipped without root on Linux)", async () => {
    const directory = mountTmpfs("2m")
    const file = join(directory, "state.db")
    await makeFile(file)
    execFileSync("mount", ["-o", "remount,ro", directory])
    expectRefusal(file, "Unwritable")
  })

  it("makes a file with an empty name space of its own from an empty file", () => {
    const file = join(makeDirectory(), "state.db")
    writeFileSync(file, "")
    answersOf(openSqlite(file)).close()
    expect(readdirSync(join(file, ".."))).toEqual(["state.db"])
  })

  it("refuses Node before 22 with one sentence to act on, and only Node", () => {
    expect(refusal(() => refuseOldRuntime({ node: "20.20.2" }))).toMatchObject({ reason: "UnsupportedRuntime" })
    for (
      const versions of [{ node: "22.19.0" }, { node: "20.0.0", bun: "1.4.5" }, { node: "20.0.0", deno: "2.9.6" }, {}]
    ) {
      expect(() => refuseOldRuntime(versions)).not.toThrow()
    }
  })

  it("loads the driver no earlier than the first file is opened", async () => {
    const child = new Child()
    expect(await child.call<boolean>("isDriverLoaded")).toBe(false)
    await child.call("open", ":memory:")
    expect(await child.call<boolean>("isDriverLoaded")).toBe(true)
  })
})

describe("A saved file of schema version 1", () => {
  it("opens with all that is in it", () => {
    const file = join(makeDirectory(), "v1.db")
    copyFileSync(fileURLToPath(new URL("files/v1.db", import.meta.url)), file)
    const journal = answersOf(openSqlite(file))
    onTestFinished(() => journal.close())
    const [open, ended] = journal.listRuns({})
    expect(open).toMatchObject({ id: "open-run", phase: "Running", owner: null, labels: {} })
    expect(ended).toMatchObject({ id: "saved-run", phase: "Failed", message: "it said no", labels: { team: "blue" } })
    expect(journal.listRuns({ labels: labelTerms("team=blue") }).map(({ id }) => id)).toEqual(["saved-run"])
    expect(journal.listRuns({ labels: labelTerms("team!=blue") }).map(({ id }) => id)).toEqual(["open-run"])
    expect(journal.events(ended!.key, 0).map(({ event }) => event)).toEqual([
      { type: "RunSuspended", n: 1 },
      { type: "RunSuspended", n: 2 }
    ])
    expect(journal.nodes(ended!.key)).toMatchObject([{
      path: "pages[3]",
      attempts: 0,
      progress: { done: 1, total: 3 },
      inputSeq: 2
    }])
    expect(journal.logs(ended!.key)).toMatchObject([{ path: "pages[3]", text: "hello", level: "info" }])
    expect(journal.plan("d1")).toBe(`{"nodes":[]}`)
    expect(journal.claim({ workflows: ["report"] })).toMatchObject([{
      id: "open-run",
      owner: journal.process
    }])
    expect(journal.inbox()).toMatchObject([{ verb: "stop", answer: null }])
    journal.append([semaphore("m", 1), request(open!.key, "x", "m")])
    journal.flush()
    expect(journal.permits("m")).toMatchObject([{
      path: "x",
      grantedAt: expect.any(Number),
      owner: journal.process
    }])
  })
})

describe("A saved file of schema version 2", () => {
  it("opens with its permits, which are served again once their runs are claimed", () => {
    const file = join(makeDirectory(), "v2.db")
    copyFileSync(fileURLToPath(new URL("files/v2.db", import.meta.url)), file)
    const journal = answersOf(openSqlite(file))
    onTestFinished(() => journal.close())
    expect(journal.semaphores()).toEqual([
      { name: "api", limit: 3, per: null, source: "code", problem: null, held: 0 },
      {
        name: "db",
        limit: null,
        per: null,
        source: "code",
        problem: "The limit cannot be read from file limits.json: EBUSY",
        held: 0
      }
    ])
    const waiting = { askedAt: 1_795_000_000_500, grantedAt: 0, owner: null }
    expect(journal.permits()).toMatchObject([
      { ...waiting, path: "", priority: 5, takes: [{ name: "api", weight: 3 }] },
      { ...waiting, path: "pages[3]", priority: 0, takes: [{ name: "api", weight: 2 }] },
      { ...waiting, path: "a/b", priority: 0, takes: [{ name: "db", weight: 1 }] }
    ])
    expect(journal.claim({ run: journal.findRun("holder")!.key })).toHaveLength(1)
    expect(journal.permits("api").map(({ path }) => path)).toEqual(["pages[3]", ""])
    expect(journal.semaphores()[0]?.held).toBe(2)
  })
})

describe("A saved file of schema version 4", () => {
  it("opens with its artifacts, its rates and what retention has to delete", () => {
    const file = join(makeDirectory(), "v4.db")
    copyFileSync(fileURLToPath(new URL("files/v4.db", import.meta.url)), file)
    const journal = answersOf(openSqlite(file))
    onTestFinished(() => journal.close())
    expect(journal.artifacts.file).toMatch(/^[0-9a-f]{16}$/)
    expect(journal.artifacts.list({}).map(({ artifact, gc, state }) => [artifact, gc, state])).toEqual([
      ["done", "OnWorkflowCompletion", "due"],
      ["kept", "Never", "live"],
      ["read", "OnWorkflowDeletion", "live"]
    ])
    expect(journal.artifacts.get("done")).toMatchObject({
      kind: "directory",
      attempt: 2,
      path: "make",
      pinned: false
    })
    const now = 1_795_000_000_020
    expect([journal.nextExpiry(), journal.expired(now, 9).map(({ id }) => id)]).toEqual([now, [
      "ended"
    ]])
    journal.append([{ kind: "delete", run: journal.findRun("ended")!.key, ifExpiredAt: now }])
    journal.flush()
    expect(journal.artifacts.collectable(now, ["default"], 9).map(({ artifact }) => artifact)).toEqual([
      "done"
    ])
    expect(journal.semaphores()).toMatchObject([{
      name: "api",
      limit: 1,
      per: 3_600_000,
      held: expect.any(Number)
    }])
    expect(journal.permits("api").map(({ path }) => path)).toEqual(["x", "y"])
  })
})

describe("A saved file of schema version 5", () => {
  it("opens with how many attempts its nodes may have", () => {
    const file = join(makeDirectory(), "v5.db")
    copyFileSync(fileURLToPath(new URL("files/v5.db", import.meta.url)), file)
    const journal = answersOf(openSqlite(file))
    onTestFinished(() => journal.close())
    const nodes = journal.nodes(journal.findRun("tries")!.key)
    expect(nodes.map(({ attempt, attempts, path }) => [path, attempt, attempts])).toEqual([
      ["bounded", 2, 4],
      ["endless", 2, 0]
    ])
  })
})

describe("A saved file of schema version 5 with runs", () => {
  const saved = (name: string): string => {
    const file = join(makeDirectory(), name)
    copyFileSync(fileURLToPath(new URL(`files/${name}`, import.meta.url)), file)
    return file
  }

  it("opens with what its runs are, whatever their nodes are called, and says the same when events are folded", () => {
    const journal = answersOf(openSqlite(saved("v5-runs.db")))
    onTestFinished(() => journal.close())
    const runs = journal.listRuns({}).map(({ definition, id, kind }) => [id, kind, definition])
    expect(runs).toEqual([["killed-run", "manifest", null], ["failed-run", "manifest", null], [
      "typed-run",
      "typed",
      null
    ]])
    for (const run of journal.listRuns({})) {
      const nodes = new Map(journal.nodes(run.key).map((node) => [node.path, node]))
      expect(differences({ run, nodes }, fold(journal.events(run.key, 0), run.key))).toEqual([])
    }
  })

  it("goes on with the manifest that is named, since it has none of its own", async () => {
    const pinnace = await open(saved("v5-runs.db"), {
      workflows: [load(twoSteps, { templates: { second: () => {} } }) as never]
    })
    onTestFinished(() => pinnace.close())
    expect((await (await pinnace.get("killed-run"))!.ending()).phase).toBe("Succeeded")
  })

  it("goes on where nodes held and wanted locks in nodes beneath them, and runs nothing twice that had ended", async () => {
    const file = saved("v5-locks.db")
    const ran: Array<string> = []
    const runs = ({ node }: { readonly node: string }) => void ran.push(node)
    const workflow = load(locked, { templates: { first: runs, second: runs } })
    {
      const journal = answersOf(openSqlite(file))
      const run = journal.findRun("locked-run")!
      const nodes = new Map(journal.nodes(run.key).map((node) => [node.path, node]))
      expect(differences({ run, nodes }, fold(journal.events(run.key, 0), run.key))).toEqual([])
      journal.close()
    }
    const pinnace = await open(file, { workflows: [workflow as never] })
    onTestFinished(() => pinnace.close())
    expect((await (await pinnace.get("locked-run"))!.ending()).phase).toBe("Succeeded")
    expect(ran.sort()).toEqual(["locked[1].three", "locked[1].two"])
    expect(
      Effect.runSync(viewRun(pinnace.engine, "locked-run"))!.nodes.map(({ displayName, phase }) =>
        `${displayName} ${phase}`
      ).sort()
    )
      .toEqual([
        "[0] Succeeded",
        "[1] Succeeded",
        "locked Succeeded",
        "one Succeeded",
        "three Succeeded",
        "two Succeeded"
      ])
  })
})

describe("copy()", () => {
  it("writes a copy that opens, from a file in use, and never over another file", async () => {
    const directory = makeDirectory()
    const journal = answersOf(openSqlite(join(directory, "state.db")))
    onTestFinished(() => journal.close())
    const { key } = await createRun(world, journal, "r")
    journal.append([event(key, 1)])
    const copy = join(directory, "copy.db")
    await Effect.runPromise(journal.copy!(copy))
    await expect(Effect.runPromise(journal.copy!(copy))).rejects.toMatchObject({ reason: "Exists" })
    await append(world, journal, [event(key, 2)])
    const restored = answersOf(openSqlite(copy))
    onTestFinished(() => restored.close())
    expect(restored.lastSeq(key)).toBe(1)
    expect(restored.claim({})).toMatchObject([{ id: "r" }])
  })
})

describe("Two names of one file", () => {
  it("lead to the same owners", () => {
    const directory = makeDirectory()
    mkdirSync(join(directory, "real"))
    symlinkSync(join(directory, "real"), join(directory, "linked"))
    const [a, b] = [
      answersOf(openSqlite(join(directory, "real", "s.db"))),
      answersOf(openSqlite(join(directory, "linked", "s.db")))
    ]
    onTestFinished(() => [a, b].forEach((journal) => journal.close()))
    expect([a.isAlive(b.process), b.isAlive(a.process)]).toEqual([true, true])
  })
})
