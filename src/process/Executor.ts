/** Where a command runs: the port, and what every implementation of it is given and answers. */
import type * as Effect from "effect/Effect"
import type { Spot } from "../files/mod.ts"

/** A host directory or file that a command sees at a path of its own. */
export interface Mount {
  readonly host: string
  readonly path: string
  /** Whether it was made for this run, so that every user of a container may write to it. Default false. */
  readonly shared?: boolean
  /** Whether a container may only read it; processes of the host may write. Default false. */
  readonly readonly?: boolean
}

/** The image of a command; processes of the host do without. */
export interface Image {
  readonly name: string
  /** In place of the image's own entry point. */
  readonly command: ReadonlyArray<string> | undefined
  readonly args: ReadonlyArray<string>
  /** When it is fetched: `Always`, `IfNotPresent` (the default) or `Never`. */
  readonly pull?: string | undefined
  /** `UID`, `UID:GID` or a name of the image. Default the image's own. */
  readonly user?: string | undefined
}

/** A command to run in a workspace. */
export interface Command {
  /** The program and its arguments; the program is looked up in PATH. */
  readonly argv: ReadonlyArray<string>
  /** What a container engine runs instead of `argv`. */
  readonly image?: Image | undefined
  /** Text of a script that is put in a file whose path becomes the last argument. */
  readonly script?: string | undefined
  /** Added to the clean environment that every command has, or to that of its image. */
  readonly env: Readonly<Record<string, string>>
  /** Default: the root of the workspace. */
  readonly workingDirectory?: string | undefined
  /** Milliseconds between the request to end and the kill. Default 2,000. */
  readonly grace?: number | undefined
  /** Called with text as it is written, up to a bound. */
  readonly onOutput?: ((stream: "stdout" | "stderr", text: string) => void) | undefined
}

/** How a command ended. */
export interface Exited {
  /** The exit code; 128 + n when signal n ended it. */
  readonly code: number
  /** The end of what it wrote to stdout. */
  readonly stdout: string
  /** Whether `stdout` lacks the beginning. */
  readonly cut: boolean
  /** The end of what it wrote to stderr. */
  readonly stderr: string
}

/** A command that could not be started. */
export class SpawnFailed extends Error {
  readonly _tag = "SpawnFailed" as const
  override readonly name: "SpawnFailed" = "SpawnFailed"
  /** Whether there is no such program, as opposed to one that cannot be started. */
  readonly notFound: boolean
  /** Whether what should run commands is at fault, and not the command. */
  readonly system: boolean

  constructor(message: string, notFound: boolean = false, system: boolean = false) {
    super(message)
    this.notFound = notFound
    this.system = system
  }
}

/** The files of one command: a private directory on the host, and how paths of the command are found in it. */
export interface Workspace {
  /** The private directory; it need not be there. */
  readonly directory: string
  /** What there may be of it on the host, for who removes it. */
  readonly own: ReadonlyArray<string>
  /** Where a path of the command is, to put something there. */
  readonly place: (path: string) => Spot
  /** Makes what commands left at these paths readable where `find` says. */
  readonly fetch: (paths: ReadonlyArray<string>) => Effect.Effect<void>
  /** Where a path of the command is, to read what is there; of a container, only what was fetched. */
  readonly find: (path: string) => Spot
  /** Runs a command here. Interruption ends all of its processes before it returns. */
  readonly run: (command: Command) => Effect.Effect<Exited, SpawnFailed>
  /** Ends what the last command left outside of the private directory. */
  readonly close: Effect.Effect<void>
}

/** A way to run commands. */
export interface Executor {
  /** For messages: `process`, `sandbox`, `podman`, `docker`. */
  readonly name: string
  /** Makes a workspace in a directory that does not exist yet. */
  readonly open: (directory: string, mounts: ReadonlyArray<Mount>) => Workspace
  /** Ends what the executor keeps for all commands. */
  readonly close: () => void
}
