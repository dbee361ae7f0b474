/** The command line that runs a container. Pure. */
import { type Command, type Mount, SpawnFailed } from "../Executor.ts"
import { ownerLabel } from "./owner.ts"

/** What is run, and where. */
export interface Container {
  readonly name: string
  readonly owner: string
  readonly command: Command
  readonly mounts: ReadonlyArray<Mount>
  /**
   * Whether a small init is the first process: so the command
   * heeds signals as it does elsewhere, and is killed by its own.
   */
  readonly init: boolean
  /** The path of the script in the container. */
  readonly script: string | undefined
}

/** Arguments for the engine, and what they need in its environment. */
export interface RunArguments {
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

/** Makes them. Throws SpawnFailed when something cannot be written there. */
export const runArguments = ({ command, init, mounts, name, owner, script }: Container): RunArguments => {
  const { env, image, workingDirectory } = command
  if (image === undefined || image.name === "") {
    throw new SpawnFailed("The template has no image, which a container engine needs")
  }
  if (image.name.startsWith("-")) throw new SpawnFailed(`"${image.name}" is not an image`)
  const [entrypoint, ...before] = image.command ?? []
  const args = [...before, ...image.args, ...script === undefined ? [] : [script]]
  const variables = variablesOf(env)
  return {
    env: variables.env,
    args: [
      ...["run", "--name", name, "--label", `${ownerLabel}=${owner}`, "--network", "host", "--log-driver", "none"],
      ...["--security-opt", "label=disable", "--pull", policies[image.pull ?? ""] ?? "missing"],
      ...mounts.flatMap((mount) => ["--mount", bind(mount)]),
      ...(init ? ["--init"] : []),
      ...variables.args,
      ...option("--workdir", workingDirectory),
      ...option("--user", image.user),
      ...option("--entrypoint", entrypoint),
      image.name,
      ...args
    ]
  }
}

const policies: Readonly<Record<string, string>> = { Always: "always", IfNotPresent: "missing", Never: "never" }

const option = (name: string, value: string | undefined): ReadonlyArray<string> =>
  value === undefined || value === "" ? [] : [`${name}=${value}`]

const bind = ({ host, path, readonly }: Mount): string => {
  const wrong = [host, path].find((it) => /[,"\n]/.test(it))
  if (wrong === undefined) return `type=bind,source=${host},target=${path}${readonly === true ? ",readonly" : ""}`
  throw new SpawnFailed(`A mount's path cannot have commas, quotes or line ends: ${JSON.stringify(wrong)}`)
}

/** What the engine's own program looks at. */
const special =
  /^(PATH|HOME|USER|TMPDIR|.*_PROXY|_.*|(LD|DYLD|XDG|DOCKER|BUILDKIT|CONTAINERS?|REGISTRY|STORAGE|PODMAN|NETAVARK|DBUS|SSH|NOTIFY)_.*|GO.*|CONTAINERS_.*)$/i

/** Values stay out of the command line, which others can see, unless the engine itself would heed them. */
const variablesOf = (env: Readonly<Record<string, string>>): RunArguments => {
  const entries = Object.entries(env)
  return {
    args: entries.flatMap(([name, value]) => ["--env", special.test(name) ? `${name}=${value}` : name]),
    env: Object.fromEntries(entries.filter(([name]) => !special.test(name)))
  }
}
