/**
 * Farms of links, in both directions: what lies outside of a node's
 * view is never read, written or removed; what the node sees is found.
 */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { type Random, seeded, sweepOf } from "../run/random.ts"
import { afterAll, describe, expect, it } from "vitest"
import { fetchEarlier, keysOfEarlier, sizeOfEarlier } from "../../src/argo/artifact/earlier.ts"
import {
  copyOut,
  filesBelow,
  hostView,
  layeredView,
  lookAt,
  makeIn,
  mountsView,
  partOf,
  putIn,
  putText,
  readText,
  removeIn,
  rootView,
  type Spot,
  type View
} from "../../src/files/mod.ts"
import { hostExecutor } from "../../src/process/hostExecutor.ts"
import { sandboxExecutor } from "../../src/process/sandbox.ts"
import { sandboxWorks } from "../../src/process/sandboxWorks.ts"
import { removeTree } from "../removeTree.ts"

const folder = mkdtempSync(join(realpathSync(tmpdir()), "links-"))
afterAll(() => removeTree(folder))

const secret = "canary: nobody may read this"

/** Some directories that a node was given, and one outside with canaries. */
class World {
  readonly directory = mkdtempSync(join(folder, "world-"))
  readonly outside = this.#made("outside")
  readonly a = this.#made("a")
  readonly b = this.#made("b")
  readonly upper = this.#made("upper")
  readonly temporary = this.#made("tmp")
  readonly artifacts = this.#made("artifacts")

  constructor() {
    for (const name of ["file", "dir/file", "dir/deep/file"]) {
      mkdirSync(join(this.outside, name, ".."), { recursive: true })
      writeFileSync(join(this.outside, name), secret)
    }
  }

  #made(name: string): string {
    const path = join(this.directory, name)
    mkdirSync(path)
    return path
  }

  get views(): Readonly<Record<string, View>> {
    const parts = [{ host: this.a, path: "/a" }, { host: this.b, path: "/b" }].map(partOf)
    return {
      root: rootView(this.a),
      rigid: rootView(this.a, "none"),
      mounts: mountsView(parts),
      layered: layeredView(this.upper, [...parts, partOf({ host: this.temporary, path: "/tmp" })]),
      host: hostView([...parts, ...[this.a, this.b].map((host) => partOf({ host, path: host }))])
    }
  }

  /** Everything outside, with its modes. */
  get canaries(): string {
    const all = (path: string): ReadonlyArray<string> =>
      lstatSync(path).isDirectory()
        ? [`${path} ${lstatSync(path).mode}`, ...readdirSync(path).flatMap((name) => all(join(path, name)))]
        : [`${path} ${lstatSync(path).mode} ${readFileSync(path, "utf8")}`]
    return all(this.outside).join("\n")
  }
}

const names = ["x", "y", "z"]

/** Puts random files, directories and links where a node may write. */
const plant = (world: World, random: Random): void => {
  const places = [world.a, world.b, world.upper, world.temporary]
  const targets = [
    world.outside,
    join(world.outside, "file"),
    join(world.outside, "dir"),
    "/a/x",
    "/b/y",
    "/b",
    "/tmp/z",
    "../outside",
    "../outside/dir/file",
    "../../../../../../../../../../etc/hostname",
    "x",
    "y/z",
    "../b/x",
    ".",
    "/proc/self/environ"
  ]
  for (let n = 0; n < 14; n++) {
    const below = random.pick(["", "", ...names])
    const at = join(random.pick(places), below)
    if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() !== true) continue
    const path = join(at, random.pick(names))
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue
    const kind = random.pick(["link", "link", "link", "file", "folder"])
    if (kind === "link") symlinkSync(random.pick(targets), path)
    else if (kind === "file") writeFileSync(path, "honest")
    else mkdirSync(path)
  }
}

/** Everything that the engine does in a view, at one path. */
const actions: Readonly<Record<string, (spot: Spot, own: string) => unknown>> = {
  look: (spot) => lookAt(spot) && "",
  read: (spot) => readText(spot, 1_000),
  copy: async (spot, own) => await copyOut(spot, own) && lstatSync(own).isFile() && readFileSync(own, "utf8"),
  list: (spot) => spot.path === "/" ? "" : filesBelow(spot).length,
  text: (spot) => putText(spot, "written"),
  make: makeIn,
  remove: (spot) => spot.path === "/" ? undefined : removeIn(spot),
  file: (spot, own) => {
    writeFileSync(own, "moved")
    return putIn(spot, own)
  },
  tree: (spot, own) => {
    mkdirSync(join(own, "x/y"), { recursive: true })
    writeFileSync(join(own, "x/y/file"), "moved")
    writeFileSync(join(own, "z"), "moved")
    symlinkSync("/etc", join(own, "y"))
    return putIn(spot, own)
  }
}

it("no action in any view reaches what is outside of it, whatever links there are", async () => {
  let done = 0
  for (let seed = 1; seed <= sweepOf(100); seed++) {
    const [world, random] = [new World(), seeded(seed)]
    const before = world.canaries
    plant(world, random)
    for (let n = 0; n < 25; n++) {
      const view = random.pick(Object.keys(world.views))
      const start = view === "root" || view === "rigid" ? "" : random.pick(["/a", "/b", "/a", "/b", "/tmp"])
      // On the host itself /tmp is nobody's.
      if (view === "host" && start === "/tmp") continue
      const path = `${start}/${Array.from({ length: 3 }, () => random.pick([...names, "file"])).join("/")}`
      const cut = path.split("/").slice(0, 2 + Number(random.pick(["1", "2", "3"]))).join("/")
      const action = random.pick(Object.keys(actions))
      const own = join(world.directory, `own${n}`)
      let answer: unknown
      try {
        answer = await actions[action]!({ view: world.views[view]!, path: cut }, own)
        done++
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
      removeTree(own)
      const told = `seed ${seed}: ${action} of ${cut} in ${view}`
      // What a process of the host could read itself, it may also give.
      if (view !== "host") expect(String(answer), told).not.toContain("canary")
      expect(String(answer), told).not.toContain("PATH=")
      expect(world.canaries, told).toBe(before)
    }
    removeTree(world.directory)
  }
  expect(done).toBeGreaterThan(sweepOf(1_000))
})

it("artifacts with links and keys through them reach nothing else", async () => {
  const world = new World()
  const before = world.canaries
  const [kept, tree] = [world.artifacts, join(world.artifacts, "k")]
  mkdirSync(tree)
  writeFileSync(join(tree, "file"), "honest")
  symlinkSync(world.outside, join(tree, "link"))
  symlinkSync("file", join(tree, "near"))
  const own = join(world.directory, "own")
  expect(sizeOfEarlier(kept, "k/link/file")).toBe(undefined)
  expect(await fetchEarlier(kept, "k/link/file", own)).toBe(false)
  expect(await fetchEarlier(kept, "k", own, "link/file")).toBe(false)
  expect(await fetchEarlier(kept, "k", own, "../../outside/file")).toBe(false)
  expect(await fetchEarlier(kept, "k", own, "near")).toBe(true)
  expect(readFileSync(own, "utf8")).toBe("honest")
  expect(keysOfEarlier(kept, "k")).toEqual(["k/file"])
  expect(world.canaries).toBe(before)
})

const tools = join(folder, "bin")
mkdirSync(tools)
const executors = [
  ["process", hostExecutor],
  ...(sandboxWorks(folder) ? [["sandbox", sandboxExecutor] as const] : [])
] as const

describe.each(executors)("%s", (name, make) => {
  it("finds what the node itself sees, through all of its links", async () => {
    const executor = make(tools)
    const [world, random] = [new World(), seeded(7)]
    const workspace = executor.open(join(world.directory, "w"), [
      { host: world.a, path: "/va" },
      { host: world.b, path: "/vb" }
    ])
    const own = name === "sandbox" ? "/tmp" : world.temporary
    const places = ["/va", "/vb", own]
    const paths = places.flatMap((place) => Array.from({ length: 12 }, (_, n) => `${place}/n${n}`))
    const targets = [...paths, "/va", "/etc/hostname", "../etc/hostname", "n1", "n2/n3", "..", `${world.outside}/file`]
    const lines = paths.map((path) =>
      random.pick(["0", "1", "2", "3"]) === "0" ? `echo ${path} > ${path}` : `ln -s ${random.pick(targets)} ${path}`
    )
    const look = [...paths, ...paths.map((path) => `${path}/n3`)]
    const script = `${lines.join("\n")}\nfor it in ${look.join(" ")}; do [ -f $it ] && cat $it; echo "@@"; done`
    const { stdout } = await Effect.runPromise(
      workspace.run({ argv: ["sh", "-c", `exec 2>/dev/null\n${script}`], env: {} })
    )
    const seen = stdout.split("@@\n").slice(0, -1)
    const found = look.map((path) => {
      const spot = workspace.find(path)
      return lookAt(spot)?.kind === "file" ? readText(spot) ?? "" : ""
    })
    executor.close()
    expect(found).toEqual(seen)
    expect(found.filter((it) => it !== "").length).toBeGreaterThan(10)
    if (name === "sandbox") expect(found.join()).not.toContain("canary")
  })
})
