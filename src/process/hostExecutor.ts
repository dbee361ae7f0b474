/**
 * Runs commands as plain processes of this host, with its files.
 * Mounts are honoured by rewriting their paths in the command.
 */
import { isAbsolute, join } from "node:path"
import * as Effect from "effect/Effect"
import { hostView, type Spot } from "../files/mod.ts"
import { nodeEnvironment, searchPath } from "./environment.ts"
import { type Command, type Executor, type Exited, type Mount, SpawnFailed, type Workspace } from "./Executor.ts"
import { findCommand, isExecutable } from "./findCommand.ts"
import { Groups } from "./group/Groups.ts"
import { runGroup } from "./group/runGroup.ts"
import { makeFolder } from "./makeFolder.ts"
import { writeScript } from "./script.ts"
import { atRoot } from "./tools.ts"

/** Makes the executor; `tools` is appended to PATH. */
export const hostExecutor = (tools: string): Executor => {
  const groups = new Groups()
  return {
    name: "process",
    open: (directory, mounts) => open(directory, mounts, tools, groups),
    close: () => groups.close()
  }
}

/** What a command is run with. */
interface Host {
  /** For scripts. */
  readonly directory: string
  /**
   * Where commands begin. It lies beside the directory, which most nodes
   * do without: making directories is half of what a short one costs.
   */
  readonly root: string
  readonly rewrite: (text: string) => string
  readonly tools: string
  readonly groups: Groups
}

const open = (directory: string, mounts: ReadonlyArray<Mount>, tools: string, groups: Groups): Workspace => {
  const root = `${directory}.root`
  makeFolder(root)
  const rewrite = rewriter([...mounts, ...atRoot.map((name) => ({ host: join(tools, name), path: `/${name}` }))])
  const view = hostView([root, ...mounts.map(({ host }) => host)].map((host) => ({ path: host, hosts: [host] })))
  const place = (path: string): Spot => ({ view, path: isAbsolute(path) ? rewrite(path) : join(root, path) })
  return {
    directory,
    own: [root, directory],
    place,
    fetch: () => Effect.void,
    find: place,
    run: (command) => run(command, { directory, root, rewrite, tools, groups }),
    close: Effect.void
  }
}

const run = (command: Command, { directory, groups, rewrite, root, tools }: Host): Effect.Effect<Exited, SpawnFailed> =>
  Effect.suspend(() => {
    try {
      const path = `${searchPath(command.env["PATH"])}:${tools}`
      const [name = "", ...rest] = command.argv
      const program = findCommand(name, path, (candidate) => isExecutable(rewrite(candidate)))
      const script = command.script === undefined ? [] : [writeScript(directory, rewrite(command.script))]
      const env = Object.fromEntries(Object.entries(command.env).map(([key, value]) => [key, rewrite(value)]))
      return runGroup({
        program,
        args: [...rest.map(rewrite), ...script],
        env: nodeEnvironment(root, { ...env, PATH: path }),
        cwd: command.workingDirectory === undefined ? root : rewrite(command.workingDirectory),
        grace: command.grace ?? 2_000,
        onOutput: command.onOutput
      }, groups)
    } catch (error) {
      return Effect.fail(error instanceof SpawnFailed ? error : new SpawnFailed(String(error)))
    }
  })

/** Replaces the paths of mounts by where they are on the host; longer paths first, whole names only. */
const rewriter = (mounts: ReadonlyArray<Mount>): (text: string) => string => {
  const moved = mounts.filter(({ host, path }) => host !== path).toSorted((a, b) => b.path.length - a.path.length)
  if (moved.length === 0) return (text) => text
  const hosts = new Map(moved.map(({ host, path }) => [path.replace(/\/+$/, ""), host]))
  const escaped = [...hosts.keys()].map((path) => path.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
  const pattern = new RegExp(`(?<![\\w.-])(${escaped.join("|")})(?![\\w.-])`, "g")
  return (text) => text.replace(pattern, (path) => hosts.get(path)!)
}
