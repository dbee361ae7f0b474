/**
 * A project that is edited between runs, between lives of one run, and while a process works, with a kill at any
 * commit: each result, reused or not, is what the code would give that its process has loaded.
 */
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { pathToFileURL } from "node:url"
import { afterAll, expect, it } from "vitest"
import { type Pinnace, Schema, task, workflow } from "../../mod.ts"
import { isTerminal } from "../../src/run/Phase.ts"
import { makeRandom } from "../../src/testing/World.ts"
import type { CacheDef } from "../../src/workflow/Cache.ts"
import { TestBed } from "../engine/TestBed.ts"
import { removeTree } from "../removeTree.ts"
import { Crashes } from "./Crashes.ts"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pinnace-changes-")))
const variable = "PINNACE_TEST_CHANGES"
afterAll(() => {
  delete process.env[variable]
  removeTree(folder)
})

interface Module {
  readonly n: number
  /** Renamed as often. */
  readonly name: number
  readonly imports: ReadonlyArray<number>
  readonly needsPackage: boolean
}

/** All that results can be made of. */
interface State {
  readonly modules: ReadonlyArray<Module>
  readonly version: number
  readonly env: number
  readonly file: number
}

/** Modules with tasks come first; what they import has higher numbers. */
const [tasks, count] = [3, 7]

const firstState = (random: () => number): State => ({
  modules: Array.from({ length: count }, (_, at) => ({
    n: 0,
    name: 0,
    imports: Array.from({ length: count }, (_, to) => to).filter((to) => to > at && random() < 0.4),
    needsPackage: random() < 0.3
  })),
  version: 0,
  env: 0,
  file: 0
})

/** What a module gives: what it says, and what those give that it imports. */
const given = (state: State, at: number): string => {
  const { imports, n, needsPackage } = state.modules[at]!
  return `${at}.${n}${needsPackage ? `p${state.version}` : ""}(${imports.map((to) => given(state, to)).join()})`
}

/** What a task gives: the second depends on a variable, the third on a file. */
const result = (state: State, at: number, input: string): string =>
  `${given(state, at)}${at === 1 ? `e${state.env}` : at === 2 ? `f${state.file}` : ""}<${input.length}`

/** Edits of code, which may be made while a process works, and of what bodies read by themselves. */
const edits = ["number", "import", "rename", "package", "package version", "touch", "nothing"] as const
const outside = ["variable", "file"] as const
type Edit = (typeof edits)[number] | (typeof outside)[number]

const edited = (state: State, edit: Edit, random: () => number): State => {
  const at = Math.floor(random() * count)
  const change = (more: (it: Module) => Partial<Module>): State => ({
    ...state,
    modules: state.modules.map((it, index) => index === at ? { ...it, ...more(it) } : it)
  })
  if (edit === "number") return change(({ n }) => ({ n: (n + 1) % 3 }))
  if (edit === "rename") return change(({ name }) => ({ name: (name + 1) % 2 }))
  if (edit === "package") return change(({ needsPackage }) => ({ needsPackage: !needsPackage }))
  if (edit === "import") {
    const to = Math.min(count - 1, at + 1 + Math.floor(random() * (count - at - 1)))
    if (to === at) return state
    return change(({ imports }) => ({
      imports: imports.includes(to) ? imports.filter((it) => it !== to) : [...imports, to].sort()
    }))
  }
  if (edit === "package version") return { ...state, version: (state.version + 1) % 3 }
  if (edit === "variable") return { ...state, env: (state.env + 1) % 3 }
  return edit === "file" ? { ...state, file: (state.file + 1) % 3 } : state
}

/** A project on the disk. */
class Project {
  readonly #root: string
  readonly #written = new Map<string, string>()
  state: State
  #generation = 0

  constructor(root: string, state: State) {
    this.#root = root
    this.state = state
  }

  /** Writes what is otherwise than before, as editors do. */
  write(isTouched = false): void {
    const { env, file, modules, version } = this.state
    const files = new Map<string, string>([
      ["package.json", "{}"],
      ["model.bin", `${file}`],
      ["node_modules/dep/package.json", `{"version":"1.0.${version}"}`],
      ["node_modules/dep/index.js", "export default 1\n"],
      ...modules.map((it, at) => [this.#nameOf(at), this.#textOf(it)] as const)
    ])
    for (const name of this.#written.keys()) if (!files.has(name)) rmSync(join(this.#root, name))
    for (const [name, text] of files) {
      if (this.#written.get(name) !== text) this.#save(name, text)
      else if (isTouched) utimesSync(join(this.#root, name), 1_000 + this.#generation, 1_000 + this.#generation)
    }
    this.#written.clear()
    for (const [name, text] of files) this.#written.set(name, text)
    process.env[variable] = `${env}`
  }

  /** A file as a module that is loaded anew. */
  load(at: number): string {
    return `${pathToFileURL(join(this.#root, this.#nameOf(at)))}?generation=${this.#generation++}`
  }

  get model(): string {
    return join(this.#root, "model.bin")
  }

  /** When all that is written from now on is dated later; clocks of file systems are coarse. */
  settled(): number {
    const probe = join(this.#root, "probe")
    const now = performance.now()
    do writeFileSync(probe, "")
    while (statSync(probe).ctimeMs <= performance.timeOrigin + now)
    return now
  }

  #nameOf(at: number): string {
    return `m${at}${["", "-renamed"][this.state.modules[at]!.name]}.ts`
  }

  #textOf({ imports, n, needsPackage }: Module): string {
    const lines = [...imports.map((to) => `./${this.#nameOf(to)}`), ...needsPackage ? ["dep"] : []]
    return `${lines.map((it) => `import "${it}"\n`).join("")}export const n = ${n}\n`
  }

  #save(name: string, text: string): void {
    const path = join(this.#root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** The workflow of a project as it is loaded now; `isLasting`: nothing is edited while its process works. */
const loaded = (project: Project, isLasting: boolean) => {
  const code = project.state
  const loadedAt = isLasting ? Infinity : project.settled()
  const taskAt = (at: number) => {
    const dependsOn = at === 1 ? { env: [variable] } : at === 2 ? { files: [project.model] } : {}
    const made = task(`t${at}`, {
      input: Schema.String,
      output: Schema.String,
      cache: { dependsOn: { ...dependsOn, values: {} } },
      // What is not code is read when the body works; nobody changes it meanwhile.
      run: (input) => Effect.as(Effect.sleep("1 minute"), result({ ...project.state, ...codeOf(code) }, at, input))
    })
    const site = { files: [project.load(at)], loadedAt, isAmbiguous: false }
    const cache: CacheDef = { ...(made as unknown as { readonly cache: CacheDef }).cache, site }
    return { ...made as object, cache } as unknown as typeof made
  }
  const [first, second, third] = Array.from({ length: tasks }, (_, at) => taskAt(at))
  return workflow("job", { input: Schema.String, output: Schema.String }, (w) => {
    const one = w.node("one", first!, { input: w.input })
    const two = w.node("two", second!, { input: one })
    w.node("other", second!, { input: w.input })
    return w.node("three", third!, { input: two })
  })
}

const codeOf = ({ modules, version }: State): Pick<State, "modules" | "version"> => ({ modules, version })

const taskOf: Readonly<Record<string, number>> = { one: 0, two: 1, other: 1, three: 2 }

/** One seed. */
const play = async (seed: number) => {
  const random = makeRandom(seed)
  const pick = <A>(all: ReadonlyArray<A>): A => all[Math.floor(random() * all.length)]!
  const project = new Project(join(folder, `p${seed}`), firstState(random))
  const bed = new TestBed(seed)
  const crashes = new Crashes(random, 0.15, ["kill"])
  bed.disk.fault = () => crashes.next()
  /** What each process has loaded, and what there was besides. */
  const made = new Map<number, State>()
  const past: Array<State> = []
  const edit = (kinds: ReadonlyArray<Edit>): void => {
    const kind = pick(kinds)
    past.push(project.state)
    project.state = random() < 0.2 && kinds.length > edits.length ? pick(past) : edited(project.state, kind, random)
    project.write(kind === "touch")
  }
  project.write()
  const [wrong, ids]: [Array<string>, Array<string>] = [[], []]
  let reused = 0

  const look = (id: string): void => {
    const row = [...bed.disk.runs.values()].find((it) => it.id === id)
    if (row === undefined) return
    let state: State | undefined
    const inputs = new Map<string, string>()
    for (const event of bed.events({ id } as never)) {
      if (event.type === "RunStarted") state = made.get(event.owner)
      if (event.type === "NodeStarted" && event.input !== undefined) inputs.set(event.path, String(event.input))
      if (event.type !== "NodeFinished" || event.ending.phase !== "Succeeded") continue
      if (event.reused !== undefined) reused++
      const input = event.input === undefined ? inputs.get(event.path) : String(event.input)
      const fresh = state === undefined ? "?" : result(state, taskOf[event.path]!, input ?? "?")
      if (event.ending.output !== fresh) {
        wrong.push(`seed ${seed} ${id} ${event.path}: ${event.ending.output} instead of ${fresh}`)
      }
    }
  }

  /** A process with the project as it is; answers whether all runs have ended. */
  const live = async (isLast: boolean): Promise<boolean> => {
    const isLasting = isLast || random() < 0.5
    const definition = loaded(project, isLasting)
    const pinnace: Pinnace = bed.open({ workflows: [definition] })
    made.set(bed.numberOf(pinnace), project.state)
    const isOver = () =>
      ids.every((id) => [...bed.disk.runs.values()].some((it) => it.id === id && isTerminal(it.phase)))
    if (!isLast && (ids.length === 0 || isOver())) ids.push(`job-${ids.length}`)
    for (const id of ids) pinnace.start(definition, pick(["", "x"]), { id }).catch(() => {})
    let left = Math.floor(random() * 60)
    await bed.until(() => bed.isDead(pinnace) || isOver() || !isLast && left-- === 0)
    if (!isLasting && !bed.isDead(pinnace)) {
      edit(edits)
      await bed.until(() => bed.isDead(pinnace) || isOver())
    }
    const isDone = isOver()
    bed.crash(pinnace)
    return isDone
  }

  for (let life = 0; life < 12; life++) {
    await live(false)
    if (random() < 0.8) edit([...edits, ...outside])
  }
  bed.disk.fault = undefined
  if (!await live(true)) wrong.push(`seed ${seed}: runs do not end`)
  for (const id of ids) look(id)
  // Now nothing changes: a run computes what is not known, and one after it nothing.
  const definition = loaded(project, true)
  const pinnace = bed.open({ workflows: [definition] })
  const computed = async (id: string): Promise<number> => {
    made.set(bed.numberOf(pinnace), project.state)
    const run = await bed.settle(pinnace.start(definition, "x", { id }))
    await bed.settle(run.ending())
    look(id)
    return bed.events(run, "NodeFinished").filter((it) => it.reused === undefined).length
  }
  await computed("fresh")
  if (await computed("again") > 0) wrong.push(`seed ${seed}: computed what is known`)
  return { wrong, reused, crashes: crashes.count, runs: ids.length }
}

it("R1, R4 Whatever is edited and whenever a process dies, each result is what the code that is loaded gives", async () => {
  let [reused, crashes, runs] = [0, 0, 0]
  for (let seed = 1; seed <= 25; seed++) {
    const played = await play(seed)
    expect(played.wrong).toEqual([])
    reused += played.reused
    crashes += played.crashes
    runs += played.runs
  }
  expect(reused).toBeGreaterThan(100)
  expect(crashes).toBeGreaterThan(50)
  expect(runs).toBeGreaterThan(75)
})
