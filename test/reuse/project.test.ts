/**
 * R4 as a property of projects that change: packages, links, conditions, files, variables, values, schemas, artifacts.
 * A result is reused if and only if all it is made of is as it was once before, on every journal.
 */
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, afterEach, expect, test, vi } from "vitest"
import { Artifact, open, type Pinnace, Schema, task, workflow } from "../../mod.ts"
import type { CacheDef } from "../../src/workflow/Cache.ts"
import { memoryStore } from "../../src/store/mod.ts"
import { makeRandom } from "../../src/testing/World.ts"
import { TestBed } from "../engine/TestBed.ts"
import { hasPostgres, sharedServer, withoutPostgres } from "../postgres/server.ts"
import { removeTree } from "../removeTree.ts"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-project-")))
afterAll(() => removeTree(folder))
afterEach(() => void vi.unstubAllEnvs())

const variable = "PINNACE_TEST_PROJECT"

/** What a result is made of; each has two states. */
const counting = [
  "helper",
  "file behind the helper",
  "version of a package",
  "version of what that needs",
  "which package is installed",
  "file of a linked package",
  "file under another condition of a linked package",
  "where an own name leads",
  "variable",
  "file it depends on",
  "value it closes over",
  "field of its input",
  "bytes of an artifact",
  "schema of its output",
  "errors"
] as const

/** What is none of that. */
const others = [
  "file nobody imports",
  "types",
  "files of an installed package",
  "what a package can do without",
  "times of files",
  "line ends",
  "retries, limits and the name of the node"
] as const

type Part = typeof counting[number] | typeof others[number]

/** A project, as its parts are now. */
class Changing {
  readonly #state = new Map<Part, boolean>()
  readonly root: string
  #generation = 0

  constructor(root: string) {
    this.root = root
  }

  is(part: Part): boolean {
    return this.#state.get(part) ?? false
  }

  turn(part: Part): void {
    this.#state.set(part, !this.is(part))
  }

  /** What tells a result from others. */
  get key(): string {
    return JSON.stringify(counting.map((part) => this.is(part)))
  }

  #write(name: string, text: string): void {
    const path = join(this.root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, this.is("line ends") ? text.replaceAll("\n", "\r\n") : text)
    if (this.is("times of files")) utimesSync(path, 1_000, 1_000)
  }

  /** Writes it anew, and answers where the first file is, as a module that is loaded anew. */
  write(): string {
    rmSync(this.root, { recursive: true, force: true })
    const of = (part: Part): string => this.is(part) ? "2" : "1"
    this.#write("package.json", JSON.stringify({ imports: { "#own": `./own${of("where an own name leads")}.ts` } }))
    this.#write(
      "flow.ts",
      'import "./helper.ts"\nimport "dep"\nimport "linked"\nimport "#own"\nimport type { T } from "./types.ts"\n'
    )
    this.#write("helper.ts", `import "./deep.ts"\nexport const a = ${of("helper")}\n`)
    this.#write("deep.ts", `export const a = ${of("file behind the helper")}\n`)
    this.#write("own1.ts", "export const a = 1\n")
    this.#write("own2.ts", "export const a = 2\n")
    this.#write("types.ts", `export type T = ${of("types")}\n`)
    this.#write("unused.ts", `export const a = ${of("file nobody imports")}\n`)
    this.#write("model.bin", of("file it depends on"))
    const dep = this.is("which package is installed") ? "node_modules/.store/dep@x" : "node_modules/dep"
    this.#write(
      `${dep}/package.json`,
      JSON.stringify({
        version: `${of("which package is installed")}.0.${of("version of a package")}`,
        dependencies: { needed: "1" },
        optionalDependencies: { maybe: "1" }
      })
    )
    if (this.is("which package is installed")) symlinkSync(".store/dep@x", join(this.root, "node_modules/dep"))
    this.#write(`${dep}/index.js`, `export default ${of("files of an installed package")}\n`)
    this.#write("node_modules/needed/package.json", `{"version":"1.${of("version of what that needs")}.0"}`)
    this.#write("node_modules/maybe/package.json", `{"version":"1.${of("what a package can do without")}.0"}`)
    this.#write("packages/linked/package.json", '{"exports":{"import":"./a.mjs","require":"./b.cjs"}}')
    this.#write("packages/linked/a.mjs", `export const a = ${of("file of a linked package")}\n`)
    this.#write("packages/linked/b.cjs", `exports.a = ${of("file under another condition of a linked package")}\n`)
    symlinkSync("../packages/linked", join(this.root, "node_modules/linked"))
    return `${pathToFileURL(join(this.root, "flow.ts"))}?generation=${this.#generation++}`
  }
}

class Odd extends Schema.TaggedError<Odd>()("Odd", {}) {}

/** A workflow of one task that is defined in the project as it is now; `computed` hears of its body. */
const flowOf = (project: Changing, name: string, step: number, computed: () => void) => {
  const file = project.write()
  vi.stubEnv(variable, project.is("variable") ? "" : undefined)
  const isOther = project.is("retries, limits and the name of the node")
  const body = task(name, {
    input: { of: Artifact, n: Schema.Number },
    output: project.is("schema of its output")
      ? { n: Schema.Number, more: Schema.optionalKey(Schema.String) }
      : { n: Schema.Number },
    ...project.is("errors") ? { errors: [Odd] } : {},
    ...isOther ? { retry: { limit: 2 }, timeout: "1 day" } as const : {},
    cache: {
      dependsOn: {
        env: [variable],
        files: [join(project.root, "model.bin")],
        values: { factor: project.is("value it closes over") ? 2 : 1 }
      }
    },
    run: () => {
      computed()
      return { n: 1 }
    }
  } as never)
  const site = { files: [file], loadedAt: Infinity, isAmbiguous: false }
  const cache: CacheDef = { ...(body as unknown as { readonly cache: CacheDef }).cache, site }
  const placed = { ...body as object, cache } as unknown as typeof body
  const text = project.is("bytes of an artifact") ? "two" : "one"
  const save = task("save", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("a.txt", text) })
  return workflow(`${name}-${step}`, {}, (w) => {
    const of = w.node("save", save)
    w.node(isOther ? "other" : "one", placed, { input: { of, n: project.is("field of its input") ? 2 : 1 } } as never)
  })
}

/** Changes one part after another; gives what was computed though it was known, and what was not though it was not. */
const play = async (
  seed: number,
  steps: number,
  pinnaces: ReadonlyArray<Pinnace>,
  wait: <A>(promise: Promise<A>) => Promise<A>
): Promise<ReadonlyArray<string>> => {
  const random = makeRandom(seed)
  const pick = <A>(all: ReadonlyArray<A>): A => all[Math.floor(random() * all.length)]!
  const project = new Changing(join(folder, `p${seed}`))
  const name = `built-${createHash("sha256").update(`${folder}${seed}`).digest("hex").slice(0, 8)}`
  const isWalk = seed % 2 === 1
  const [known, faults]: [Set<string>, Array<string>] = [new Set(), []]
  // Each part once, and then a walk that comes back to states of before.
  const walk = [...counting, ...others].flatMap((part) => [part, part])
  for (let step = 0; step < steps; step++) {
    const part = step === 0
      ? undefined
      : isWalk && step <= walk.length
      ? walk[step - 1]!
      : pick(random() < 0.6 ? counting : others)
    if (part !== undefined) project.turn(part)
    let isComputed = false
    const flow = flowOf(project, name, step, () => isComputed = true)
    const run = await wait(pinnaces[step % pinnaces.length]!.start(flow))
    const { phase } = await wait(run.ending())
    if (phase !== "Succeeded") faults.push(`seed ${seed} step ${step}: ${phase}`)
    if (isComputed === known.has(project.key)) {
      faults.push(
        `seed ${seed} step ${step}, ${part}: ${isComputed ? "computed though known" : "reused though changed"}`
      )
    }
    known.add(project.key)
  }
  expect(known.size).toBeGreaterThan(steps / 10)
  return faults
}

test("R4 Whatever changes of a project, a result is reused if and only if that is none of what it is made of", async () => {
  for (let seed = 1; seed <= 2; seed++) {
    const bed = new TestBed(seed)
    const options = { artifacts: { store: memoryStore() } }
    const wait = <A>(promise: Promise<A>): Promise<A> => bed.settle(promise)
    expect(await play(seed, 50, [bed.open(options), bed.open(options)], wait)).toEqual([])
  }
})

const onStorage = async (address: string, seed: number): Promise<ReadonlyArray<string>> => {
  const artifacts = { store: memoryStore(), shared: true }
  const pinnaces = [await open(address, { artifacts }), await open(address, { artifacts })]
  try {
    return await play(seed, 20, pinnaces, (promise) => promise)
  } finally {
    for (const pinnace of pinnaces) await pinnace.close()
  }
}

test("R4 The same on a file, in two processes", async () => {
  expect(await onStorage(join(folder, "state.db"), 12)).toEqual([])
})

test.skipIf(!hasPostgres)(`R4 The same on a server, in two processes (${withoutPostgres})`, async () => {
  expect(await onStorage(sharedServer().url, 14)).toEqual([])
})
