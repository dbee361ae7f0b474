/**
 * A project outside of the repository that has installed what `npm pack` made.
 *
 * Owns: its temporary directory. Does not own: what the package depends on, which are links to the copies of the
 * repository, so that no network is needed. That the package declares everything it imports is therefore a test of its
 * own.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { removeTree } from "../removeTree.ts"

/** The repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url))

const bin = join(root, "node_modules/.bin")
const environment = {
  ...process.env,
  PATH: [bin, process.env["PATH"]].join(delimiter),
  NO_COLOR: "1",
  FORCE_COLOR: undefined
}

/** What a program printed and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Runs a program of the repository's `node_modules/.bin`, or of the system, to its end. */
export const run = (directory: string, command: string, ...args: ReadonlyArray<string>): Ended => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: directory,
    env: environment,
    encoding: "utf8"
  })
  if (error !== undefined) throw error
  return { code: status, output: `${stdout}${stderr}` }
}

/** Packs the repository and unpacks it as the dependency `pinnace` of a new project. */
export class Scratch {
  readonly directory = mkdtempSync(join(tmpdir(), "pinnace-pack-"))
  readonly installed = join(this.directory, "node_modules/pinnace")

  constructor() {
    mkdirSync(this.installed, { recursive: true })
    execFileSync("npm", ["pack", "--silent", "--pack-destination", this.directory], {
      cwd: root,
      env: environment,
      stdio: "pipe"
    })
    const [tarball = ""] = readdirSync(this.directory).filter((name) => name.endsWith(".tgz"))
    execFileSync("tar", ["-xzf", join(this.directory, tarball), "-C", this.installed, "--strip-components=1"])
    const { dependencies } = JSON.parse(this.read("package.json")) as { readonly dependencies: object }
    for (const name of ["effect", "@types/node", ...Object.keys(dependencies)]) this.#link(name)
    this.write("package.json", JSON.stringify({ name: "scratch", private: true, type: "module" }))
  }

  /** Writes a file of the project and gives its name back. */
  write(name: string, text: string): string {
    writeFileSync(join(this.directory, name), text)
    return name
  }

  /** The text of an installed file. */
  read(name: string): string {
    return readFileSync(join(this.installed, name), "utf8")
  }

  /** Every installed file. */
  files(): ReadonlyArray<string> {
    return readdirSync(this.installed, { recursive: true, withFileTypes: true })
      .filter((it) => it.isFile())
      .map((it) => join(it.parentPath, it.name).slice(this.installed.length + 1).replaceAll("\\", "/"))
      .sort()
  }

  /** Removes the project. */
  remove() {
    removeTree(this.directory)
  }

  #link(name: string) {
    const target = join(this.directory, "node_modules", name)
    mkdirSync(dirname(target), { recursive: true })
    symlinkSync(join(root, "node_modules", name), target, "junction")
  }
}

/** A Node before 22 that happens to be installed; undefined when there is none. */
export const oldNode = (): string | undefined =>
  (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node")).filter(existsSync).find((node) => {
    const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" })
    return /^v(1\d|20|21)\./.test(stdout ?? "")
  })
