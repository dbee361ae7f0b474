/**
 * Runs commands in namespaces of their own: the host's files below, everything written above in a private layer, private `/tmp`, `/mnt`,
 * `/work` and homes, mounts where the manifest wants them, and a process tree that ends as a whole.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, normalize, resolve as resolvePath } from "node:path"
import * as Effect from "effect/Effect"
import { environment, nodeEnvironment, searchPath } from "./environment.ts"
import { type Command, type Executor, type Exited, type Mount, SpawnFailed, type Workspace } from "./Executor.ts"
import { findCommand } from "./findCommand.ts"
import { hiddenHomes, hidingMounts, nodeHome, prepareHidden, visiblePrograms } from "./hidden.ts"
import { Groups } from "./group/Groups.ts"
import { runGroup } from "./group/runGroup.ts"
import { removeTree } from "./removeTree.ts"
import { writeScript } from "./script.ts"

const privateFolders = ["/tmp", "/mnt", "/work"]
const stagingPath = "/argo/staging"
const toolsPath = "/argo/bin"

/** The first process of the namespaces: builds the root, then runs the command in it and passes its exit code on. */
const setup = `
set -e
space=$1 directory=$2
shift 2
root=$space/root
mount -a -T "$space/mounts"
while [ "$1" != -- ]; do
  [ -e "$root$2" ] || { mkdir -p "$(dirname "$root$2")"; : > "$root$2"; }
  mount --bind "$1" "$root$2"
  shift 2
done
shift
[ -d "$root$directory" ] || mkdir -p "$root$directory"
: > "$space/ready"
set +e
chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
exit $?
`

/** Whether this host lets us make such a sandbox in that directory. */
export const sandboxWorks = (folder: string): boolean => {
  if (process.platform !== "linux" || /[,:\\]/.test(folder)) return false
  mkdirSync(folder, { recursive: true })
  const directory = mkdtempSync(join(folder, "probe-"))
  try {
    prepare(directory, [])
    const argv = unshare({ directory, homes: [] }, [], "/", ["true"])
    return spawnSync(argv[0]!, argv.slice(1), { env: environment(), timeout: 5_000, stdio: "ignore" }).status === 0
  } finally {
    removeTree(directory)
  }
}

/** Makes the executor; `tools` is appended to PATH. The user's home is hidden unless `showHome`. */
export const sandboxExecutor = (tools: string, showHome: boolean = false): Executor => {
  const groups = new Groups()
  return {
    name: "sandbox",
    open: (directory, mounts) =>
      open(directory, [...mounts, { host: tools, path: toolsPath }], groups, hiddenHomes(showHome)),
    close: () => groups.close()
  }
}

const prepare = (directory: string, homes: ReadonlyArray<string>): void => {
  mkdirSync(directory, { recursive: true })
  const own = [...privateFolders, ...homes].map((it) => `private${it}`)
  for (const part of ["upper", "layer", "root", "private", ...own]) {
    const folder = join(directory, part)
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true })
  }
  prepareHidden(directory)
}

/** Where a sandbox is, and which homes are its own. */
interface Space {
  readonly directory: string
  readonly homes: ReadonlyArray<string>
}

/** All directories are mounted by one process, which reads them from a table; single files by `setup`. */
const unshare = (
  space: Space,
  mounts: ReadonlyArray<Mount>,
  workingDirectory: string,
  argv: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const { directory } = space
  const isFolder = ({ host }: Mount): boolean => statSync(host).isDirectory()
  writeFileSync(join(directory, "mounts"), mountTable(space, mounts.filter(isFolder)))
  const files = mounts.filter((it) => !isFolder(it))
  const rootless = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]
  return [
    "unshare",
    ...rootless,
    ...["--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", setup, "sandbox", directory, workingDirectory],
    ...files.flatMap(({ host, path }) => [host, path]),
    "--",
    ...argv
  ]
}

/** The root and what is mounted in it, as `mount` reads it. */
const mountTable = ({ directory, homes }: Space, folders: ReadonlyArray<Mount>): string => {
  const root = join(directory, "root")
  const layers = `lowerdir=/,upperdir=${join(directory, "upper")},workdir=${join(directory, "layer")}`
  const own: ReadonlyArray<Mount> = [
    ...[...privateFolders, ...homes].map((path) => ({ host: join(directory, "private", path), path })),
    ...visiblePrograms(homes),
    ...folders
  ]
  const lines = [
    ["overlay", root, "overlay", layers],
    ...hidingMounts(directory).map(({ host, path }) => [host, `${root}${path}`, "none", "bind"]),
    ["/sys", `${root}/sys`, "none", "rbind"],
    ["proc", `${root}/proc`, "proc", "defaults"],
    ...own.map(({ host, path, readonly }) => {
      const options = `bind,X-mount.mkdir${readonly === true ? ",ro" : ""}`
      return [host, `${root}${path}`, "none", options]
    })
  ]
  return lines.map((fields) => `${fields.map(escaped).join(" ")} 0 0\n`).join("")
}

const escaped = (field: string): string =>
  field.replace(/[\s\\#]/g, (it) => `\\${it.charCodeAt(0).toString(8).padStart(3, "0")}`)

const open = (
  directory: string,
  mounts: ReadonlyArray<Mount>,
  groups: Groups,
  homes: ReadonlyArray<string>
): Workspace => {
  prepare(directory, homes)
  const place = placer(directory, mounts, [...privateFolders, ...homes])
  const shown = visiblePrograms(homes).map((it) => it.path)
  const hidden = [...privateFolders, ...homes, ...hidingMounts(directory).map((it) => it.path)]
  const find = (path: string): string => {
    if (isWithinAny(path, shown)) return path
    const own = place(path)
    return existsSync(own) || isWithinAny(path, hidden) ? own : path
  }
  return {
    directory,
    own: [directory],
    place,
    fetch: () => Effect.void,
    find,
    run: (command) => run(command, { directory, homes }, mounts, find, groups),
    close: Effect.void
  }
}

const isWithinAny = (path: string, folders: ReadonlyArray<string>): boolean =>
  folders.some((folder) => isWithin(path, folder))

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** Paths of the command as paths of the host, the nearest mount first. */
const placer = (
  directory: string,
  mounts: ReadonlyArray<Mount>,
  folders: ReadonlyArray<string>
): (path: string) => string => {
  const all = [
    ...mounts.map(({ host, path }) => ({ host, path: normalize(path).replace(/(?<=.)\/$/, "") })),
    ...folders.map((path) => ({ host: join(directory, "private", path), path }))
  ].toSorted((a, b) => b.path.length - a.path.length)
  return (path) => {
    const whole = resolvePath("/", path)
    const mount = all.find((it) => isWithin(whole, it.path))
    return mount === undefined ? join(directory, "upper", whole) : join(mount.host, whole.slice(mount.path.length))
  }
}

const run = (
  command: Command,
  space: Space,
  mounts: ReadonlyArray<Mount>,
  find: (path: string) => string,
  groups: Groups
): Effect.Effect<Exited, SpawnFailed> =>
  Effect.suspend(() => {
    const { directory } = space
    try {
      const path = `${searchPath(command.env["PATH"])}:${toolsPath}`
      const [name = "", ...rest] = command.argv
      const program = findCommand(name, path, find)
      const staging = command.script === undefined ? [] : [writeScript(directory, command.script)].map(dirname)
      const script = staging.map(() => `${stagingPath}/script`)
      const all = [...mounts, ...staging.map((host) => ({ host, path: stagingPath }))]
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

const started = (directory: string, exited: Exited): Effect.Effect<Exited, SpawnFailed> => {
  if (existsSync(join(directory, "ready"))) return Effect.succeed(exited)
  return Effect.fail(
    new SpawnFailed(`failed to set up the sandbox: ${exited.stderr.trim() || `exit code ${exited.code}`}`)
  )
}
