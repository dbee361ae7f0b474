/** Nothing that enters can end another run, the engine or the process (N17). */
import process from "node:process"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Pinnace } from "../../../src/embed/Pinnace.ts"
import { RunHandle } from "../../../src/embed/RunHandle.ts"
import { ofAuthors } from "./authors.ts"
import { ofBodies, ofContext, ofInspection, ofManifests, ofOpen, ofPinnace, ofRun, type Tries } from "./entries.ts"
import { odds } from "../../odd/values.ts"
import { answer, echoes, World } from "./World.ts"
import { judge } from "../../odd/judge.ts"

const world = new World()
let bystander = ""

beforeAll(async () => {
  await world.open()
  bystander = (await world.waiting()).id
})

afterAll(() => world.end())

test.each([["Pinnace", Pinnace, ofPinnace], ["RunHandle", RunHandle, ofRun]] as const)(
  "Every member of %s has its place here",
  (_, face, table) => {
    const members = Reflect.ownKeys(face.prototype).filter((it) => it !== "constructor")
    expect(Reflect.ownKeys(table)).toEqual(expect.arrayContaining(members))
  }
)

const groups: ReadonlyArray<readonly [string, Tries]> = [
  ...Object.entries(ofPinnace).map(([name, tries]) => [`Pinnace.${name}`, tries] as const),
  ...Object.entries(ofRun).map(([name, tries]) => [`RunHandle.${name}`, tries] as const),
  ...Object.entries(ofContext).map(([name, tries]) => [`TaskContext.${name}`, tries] as const),
  ["bodies", ofBodies],
  ["open", ofOpen],
  ["pinnace/manifest", ofManifests],
  ["inspection", ofInspection],
  ...Object.entries(ofAuthors).map(([name, tries]) => [`definition: ${name}`, tries] as const)
]

/** What one body can do again and again. */
const inOneBody = new Set(["progress", "log", "secret", "artifacts"].map((name) => `TaskContext.${name}`))

const within = async (work: () => Promise<ReadonlyArray<string>>): Promise<ReadonlyArray<string>> => {
  let faults: ReadonlyArray<string> = ["the body did not run"]
  await world.body(async (context) => {
    world.inside = context
    faults = await work().finally(() => world.inside = undefined)
  })
  return faults
}

const faultsOf = async (tries: Tries): Promise<ReadonlyArray<string>> => {
  const faults: Array<string> = []
  for (const [place, attempt] of Object.entries(tries)) {
    for (const odd of odds) {
      const fault = await judge(async () => attempt(world, odd.make()))
      if (fault !== undefined) faults.push(`${place} = ${odd.name}: ${fault}`)
    }
  }
  return faults
}

test.each(groups.filter(([, tries]) => Object.keys(tries).length > 0))("%s", async (group, tries) => {
  const faults = inOneBody.has(group) ? await within(() => faultsOf(tries)) : await faultsOf(tries)
  expect(faults).toEqual([])
  expect(world.pinnace.engine.lost).toBeUndefined()
  expect(await (await world.pinnace.start(world.uses)).outcome()).toMatchObject({ phase: expect.any(String) })
  expect(await (await world.pinnace.get(bystander))!.status()).toMatchObject({ phase: "Running" })
  expect((await (await world.pinnace.get(bystander))!.status()).held).toBeUndefined()
})

test("What a body asks for and drops does not end the process when it fails", async () => {
  const dropped: Array<unknown> = []
  const note = (error: unknown) => void dropped.push(error)
  process.on("unhandledRejection", note)
  await world.body(({ artifacts, call, secret }) => {
    void secret("none")
    void artifacts.put("", NaN as never)
    void artifacts.putText("a", 5 as never)
    void artifacts.putJson("a", NaN)
    void artifacts.open(null as never)
    void (call as (...args: ReadonlyArray<unknown>) => unknown)("a", null)
  })
  await new Promise((resolve) => setImmediate(resolve))
  process.off("unhandledRejection", note)
  expect(dropped).toEqual([])
})

test("20 MB are refused as a value, and cut as a text", async () => {
  const long = "x".repeat(20 * 1024 * 1024)
  const { pinnace } = world
  await expect(pinnace.start(echoes, long)).rejects.toThrow("the limit is 16777216")
  await expect(pinnace.start(echoes, 1, { labels: { long } })).rejects.toThrow(/has \d+ bytes as JSON/)
  await expect(pinnace.start(echoes, 1, { id: long })).rejects.toThrow("has 20971520 characters")
  const stopped = await world.waiting()
  await stopped.stop(long)
  const { error } = await world.body(({ log, progress }) => {
    log(long)
    progress(1, 2, long)
    throw new Error(long)
  }) as { readonly error: Error }
  for (const text of [(await stopped.ending()).message!, error.message]) {
    expect(text.length).toBeLessThan(20_000)
    expect(text).toContain("more bytes dropped")
  }
}, 60_000)

test("What was accepted is the same after the file was opened again, and what waited goes on", async () => {
  // Those that were left to whoever opens the file begin now.
  const before = (await world.record()).filter(({ phase }) => phase !== "Pending")
  const known = new Set(before.map(({ id }) => id))
  await world.reopen()
  expect((await world.record()).filter(({ id }) => known.has(id))).toEqual(before)
  const waited = (await world.pinnace.get(bystander))!
  await waited.signal(answer, { all: "well" })
  expect(await waited.outcome()).toMatchObject({ phase: "Succeeded" })
})
