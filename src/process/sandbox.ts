/**
 * Runs commands in namespaces of their own: the host's files below, everything written above in a private layer,
 * private `/tmp`, `/mnt`, `/work` and homes, mounts where the manifest wants them, and a process tree that ends as a
 * whole.
 */
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join, resolve as resolvePath } from "node:path"
import * as Effect from "effect/Effect"
import { layeredView, lookAt, type Part, partOf, type Spot, type View } from "../files/mod.ts"
import { isRoot, nodeEnvironment, searchPath } from "./environment.ts"
import { type Command, type Executor, type Exited, type Mount, SpawnFailed, type Workspace } from "./Executor.ts"
import { findCommand } from "./findCommand.ts"
import { hiddenHomes, hidingMounts, isBelowStandIns, nodeHome, visiblePrograms } from "./hidden.ts"
import { Groups } from "./group/Groups.ts"
import { runGroup } from "./group/runGroup.ts"
import { mountPoints } from "./mountPoints.ts"
import { prepare, privateFolders, type Space, stage, stagingPath, toolsPath } from "./sandboxFolders.ts"

/** The first process of the namespaces: builds the root, then runs the command in it and passes its exit code on. */
const setup = `
set -e
space=$1 directory=$2
shift 2
root=$space/root
mount -a -T "$space/mounts"
while [ "$1" != -- ]; do
  mount --bind "$1" "$root$2"
  shift 2
done
shift
[ "$directory" = / ] || chroot "$root" /bin/sh -c '[ -d "$1" ] || mkdir -p "$1"' sh "$directory"
: > "$space/ready"
set +e
if [ "$directory" = / ]; then chroot "$root" "$@"
else chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
fi
exit $?
`

/** Makes the executor; `tools` is appended to PATH. The user's home is hidden unless `showHome`. */
export const sandboxExecutor = (tools: string, showHome: boolean = false): Executor => {
  const groups = new Groups()
  const homes = hiddenHomes(showHome)
  return {
    name: "sandbox",
    open: (directory, mounts) => {
      const hidden = mounts.some(isBelowStandIns) ? join(directory, "hidden") : `${tools}.hidden`
      const hiding = hidingMounts({ directory, hidden })
      return open({ directory, hidden, homes, hiding }, [...mounts, { host: tools, path: toolsPath }], groups)
    },
    close: () => groups.close()
  }
}

/**
 * What runs a command in a sandbox. All directories are mounted by one
 * process, which reads them from a table; single files by `setup`.
 */
export const unshare = (
  space: Space,
  mounts: ReadonlyArray<Mount>,
  workingDirectory: string,
  argv: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const { directory } = space
  const isFolder = ({ host }: Mount): boolean => statSync(host).isDirectory()
  writeFileSync(join(directory, "mounts"), mountTable(space, mounts.filter(isFolder)))
  const files = mounts.filter((it) => !isFolder(it))
  const rootless = isRoot() ? [] : ["--user", "--map-root-user"]
  return [
    "unshare",
    ...rootless,
    ...["--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", setup, "sandbox", directory, workingDirectory],
    ...files.flatMap(({ host, path }) => [host, path]),
    "--",
    ...argv
  ]
}

/** What the file system below may forbid is forbidden too: only root may take that back. */
const readOnly = "ro,nosuid,nodev"

/** The root and what is mounted in it, as `mount` reads it. */
const mountTable = (space: Space, folders: ReadonlyArray<Mount>): string => {
  const { directory, hiding, homes } = space
  const root = join(directory, "root")
  const layers = `lowerdir=/,upperdir=${join(directory, "upper")},workdir=${join(directory, "layer")}`
  const own: ReadonlyArray<Mount> = [
    ...[...privateFolders, ...homes].map((path) => ({ host: join(directory, "private", path), path })),
    ...visiblePrograms(homes),
    ...folders
  ]
  const lines = [
    ["overlay", root, "overlay", layers],
    ...hiding.map(({ host, path, readonly }) => [
      host,
      `${root}${path}`,
      "none",
      readonly === true ? `bind,noexec,${readOnly}` : "bind"
    ]),
    ["/sys", `${root}/sys`, "none", "rbind"],
    ["proc", `${root}/proc`, "proc", "defaults"],
    ...own.map(({ host, path, readonly }) => {
      const options = `bind,X-mount.mkdir${readonly === true ? `,${readOnly}` : ""}`
      return [host, `${root}${path}`, "none", options]
    })
  ]
  return lines.map((fields) => `${fields.map(escaped).join(" ")} 0 0\n`).join("")
}

const escaped = (field: string): string =>
  field.replace(/[\s\\#]/g, (it) => `\\${it.charCodeAt(0).toString(8).padStart(3, "0")}`)

const open = (space: Space, mounts: ReadonlyArray<Mount>, groups: Groups): Workspace => {
  const { directory, homes } = space
  prepare(space)
  const own = [...privateFolders, ...homes].map((path) => ({ host: join(directory, "private", path), path }))
  const fixed = (it: Mount): Part => ({ ...partOf(it), isFixed: it.readonly === true })
  const parts = [
    ...space.hiding.map(fixed),
    ...own.map(partOf),
    ...visiblePrograms(homes).map(fixed),
    ...mounts.map(partOf)
  ]
  const view = layeredView(join(directory, "upper"), parts)
  const place = (path: string): Spot => ({ view, path: resolvePath("/", path) })
  return {
    directory,
    own: [directory],
    place,
    fetch: () => Effect.void,
    find: place,
    run: (command) => run(command, space, mounts, view, groups),
    close: Effect.void
  }
}

const run = (
  command: Command,
  space: Space,
  mounts: ReadonlyArray<Mount>,
  view: View,
  groups: Groups
): Effect.Effect<Exited, SpawnFailed> =>
  Effect.suspend(() => {
    const { directory } = space
    try {
      const path = `${searchPath(command.env["PATH"])}:${toolsPath}`
      const [name = "", ...rest] = command.argv
      const program = findCommand(name, path, (candidate) => isProgram({ view, path: candidate }))
      const staging = stage(directory, command.script)
      const script = staging.map(() => `${stagingPath}/script`)
      const all = mountPoints(view, [...mounts, ...staging.map((host) => ({ host, path: stagingPath }))])
      rmSync(join(directory, "ready"), { force: true })
      const [unshared = "", ...args] = unshare(space, all, command.workingDirectory ?? "/", [
        program,
        ...rest,
        ...script
      ])
      const env = nodeEnvironment(nodeHome, { ...command.env, PATH: path })
      const launch = {
        program: unshared,
        args,
        env,
        cwd: "/",
        grace: command.grace ?? 2_000,
        onOutput: command.onOutput
      }
      return Effect.flatMap(runGroup(launch, groups), (exited) => started(directory, exited))
    } catch (error) {
      return Effect.fail(error instanceof SpawnFailed ? error : new SpawnFailed(String(error)))
    }
  })

const isProgram = (spot: Spot): boolean => {
  const found = lookAt(spot)
  return found?.kind === "file" && (found.mode & 0o111) !== 0
}

const started = (directory: string, exited: Exited): Effect.Effect<Exited, SpawnFailed> => {
  if (existsSync(join(directory, "ready"))) return Effect.succeed(exited)
  return Effect.fail(
    new SpawnFailed(`failed to set up the sandbox: ${exited.stderr.trim() || `exit code ${exited.code}`}`)
  )
}
