/**
 * Runs commands in namespaces of their own: the host's files below, everything written above in a private layer, private `/tmp`, `/mnt` and
 * `/work`, mounts where the manifest wants them, and a process tree that ends as a whole.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { join, normalize, resolve as resolvePath } from "node:path"
import process from "node:process"
import * as Effect from "effect/Effect"
import { type Command, type Executor, type Exited, type Mount, SpawnFailed, type Workspace } from "./Executor.ts"
import { findCommand } from "./findCommand.ts"
import { Guardian } from "./Guardian.ts"
import { runGroup } from "./runGroup.ts"
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
mount -t overlay overlay -o "lowerdir=/,upperdir=$space/upper,workdir=$space/layer" "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$(dirname "$root$2")"; : >> "$root$2"; fi
  mount --bind "$1" "$root$2"
  shift 2
done
shift
mkdir -p "$root$directory"
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
    prepare(directory)
    const argv = unshare(directory, [], "/", ["true"])
    return spawnSync(argv[0]!, argv.slice(1), { timeout: 5_000, stdio: "ignore" }).status === 0
  } finally {
    removeTree(directory)
  }
}

/** Makes the executor; `tools` is appended to PATH. */
export const sandboxExecutor = (tools: string): Executor => {
  const guardian = new Guardian()
  return {
    name: "sandbox",
    open: (directory, mounts) => open(directory, [...mounts, { host: tools, path: toolsPath }], guardian),
    close: () => guardian.close()
  }
}

const prepare = (directory: string): void => {
  for (const part of ["upper", "layer", "root", "staging"]) mkdirSync(join(directory, part), { recursive: true })
  for (const folder of privateFolders) mkdirSync(join(directory, "private", folder), { recursive: true })
}

const unshare = (
  directory: string,
  mounts: ReadonlyArray<Mount>,
  workingDirectory: string,
  argv: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const own = [
    ...privateFolders.map((path) => ({ host: join(directory, "private", path), path })),
    { host: join(directory, "staging"), path: stagingPath },
    ...mounts
  ]
  const rootless = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]
  return [
    "unshare",
    ...rootless,
    ...["--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", setup, "sandbox", directory, workingDirectory],
    ...own.flatMap(({ host, path }) => [host, path]),
    "--",
    ...argv
  ]
}

const open = (directory: string, mounts: ReadonlyArray<Mount>, guardian: Guardian): Workspace => {
  prepare(directory)
  const place = placer(directory, mounts)
  const find = (path: string): string => {
    const own = place(path)
    return existsSync(own) || isPrivate(path) ? own : path
  }
  return {
    directory,
    place,
    find,
    run: (command) => run(command, directory, mounts, find, guardian),
    remove: () => removeTree(directory)
  }
}

const isPrivate = (path: string): boolean => privateFolders.some((folder) => isWithin(path, folder))

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** Paths of the command as paths of the host, the nearest mount first. */
const placer = (directory: string, mounts: ReadonlyArray<Mount>): (path: string) => string => {
  const all = [
    ...mounts.map(({ host, path }) => ({ host, path: normalize(path).replace(/(?<=.)\/$/, "") })),
    ...privateFolders.map((path) => ({ host: join(directory, "private", path), path }))
  ].toSorted((a, b) => b.path.length - a.path.length)
  return (path) => {
    const whole = resolvePath("/", path)
    const mount = all.find((it) => isWithin(whole, it.path))
    return mount === undefined ? join(directory, "upper", whole) : join(mount.host, whole.slice(mount.path.length))
  }
}

const run = (
  command: Command,
  directory: string,
  mounts: ReadonlyArray<Mount>,
  find: (path: string) => string,
  guardian: Guardian
): Effect.Effect<Exited, SpawnFailed> =>
  Effect.suspend(() => {
    try {
      const path = `${command.env["PATH"] ?? process.env["PATH"] ?? ""}:${toolsPath}`
      const [name = "", ...rest] = command.argv
      const program = findCommand(name, path, find)
      if (command.script !== undefined) writeScript(directory, command.script)
      const script = command.script === undefined ? [] : [`${stagingPath}/script`]
      rmSync(join(directory, "ready"), { force: true })
      const [unshared = "", ...args] = unshare(directory, mounts, command.workingDirectory ?? "/", [
        program,
        ...rest,
        ...script
      ])
      const env = { ...process.env, ...command.env, PATH: path }
      const launch = {
        program: unshared,
        args,
        env,
        cwd: "/",
        grace: command.grace ?? 2_000,
        onOutput: command.onOutput
      }
      return Effect.flatMap(runGroup(launch, guardian), (exited) => started(directory, exited))
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
