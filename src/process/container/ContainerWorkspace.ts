/**
 * The files of one container, and the container.
 *
 * Owns: the private directory, the container of the last command until `close`. Does not own: the directories that are
 * mounted. Invariants: what is placed is mounted where the command wants it; what the container leaves is read only
 * after it was copied out, since its links may lead anywhere; a command that is interrupted has no container any more
 * when `run` returns.
 */
import { chmodSync, existsSync, mkdirSync } from "node:fs"
import { dirname, join, resolve as resolvePath } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { mountsView, partAt, partOf, realPath, rootView, type Spot, type View } from "../../files/mod.ts"
import { type Command, type Exited, type Mount, SpawnFailed, type Workspace } from "../Executor.ts"
import type { Groups } from "../group/Groups.ts"
import { runGroup } from "../group/runGroup.ts"
import { copyOut } from "./copyOut.ts"
import { endOf, lacksInit, tellsNoInit } from "./endOf.ts"
import type { EngineName } from "./Engine.ts"
import { launchOf } from "./launchOf.ts"
import { removeContainers, removeEnded } from "./leftovers.ts"
import { makeName } from "./owner.ts"

/** What all containers of an executor share. */
export interface Host {
  readonly engine: EngineName
  readonly owner: string
  readonly groups: Groups
  /** Whether the engine has an init, as far as is known. */
  init: boolean
  /** Waits until the engine is as it should be. */
  readonly ready: Effect.Effect<void>
}

/** A workspace whose commands run in containers. */
export class ContainerWorkspace implements Workspace {
  readonly directory: string
  readonly #mounts: ReadonlyArray<Mount>
  readonly #host: Host
  readonly #volumes: View
  /** Paths of the container by where they were put on the host. */
  readonly #placed = new Map<string, string>()
  readonly #fetched = new Map<string, string>()
  #container: string | undefined
  /** Whether the container has ended by itself. */
  #ended = false

  constructor(directory: string, mounts: ReadonlyArray<Mount>, host: Host) {
    this.directory = directory
    this.#mounts = mounts.toSorted((a, b) => b.path.length - a.path.length)
    this.#host = host
    this.#volumes = mountsView(mounts.map(partOf))
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const { host, shared } of mounts) if (shared === true) share(host)
  }

  get own(): ReadonlyArray<string> {
    return [this.directory]
  }

  place(path: string): Spot {
    const whole = resolvePath("/", path)
    const spot = { view: this.#volumes, path: whole }
    if (isMounted(spot)) return spot
    const known = this.#placed.get(whole) ?? join(this.directory, "placed", String(this.#placed.size))
    this.#placed.set(whole, known)
    return { view: rootView(this.directory, "none"), path: known.slice(this.directory.length) }
  }

  fetch(paths: ReadonlyArray<string>): Effect.Effect<void> {
    return Effect.forEach(paths, (path) => {
      const to = join(this.directory, "fetched", String(this.#fetched.size))
      this.#fetched.set(path, to)
      return copyOut(this.#host.engine, this.#container ?? "", path, to)
    }, { discard: true })
  }

  find(path: string): Spot {
    const fetched = this.#fetched.get(path) ?? join(this.directory, "nothing")
    return { view: rootView(this.directory, "none"), path: fetched.slice(this.directory.length) }
  }

  run(command: Command): Effect.Effect<Exited, SpawnFailed> {
    if (!this.#host.init) return this.#run(command, false)
    const onOutput: Command["onOutput"] = (stream, text) => {
      if (!tellsNoInit(text)) command.onOutput?.(stream, text)
    }
    return Effect.catch(this.#run({ ...command, onOutput }, true), (error) => {
      if (!lacksInit(error)) return Effect.fail(error)
      this.#host.init = false
      return this.#run(command, false)
    })
  }

  #run(command: Command, init: boolean): Effect.Effect<Exited, SpawnFailed> {
    const { engine, groups, owner, ready } = this.#host
    const name = makeName()
    const started = Effect.suspend(() => {
      const { directory } = this
      const launch = launchOf({
        engine,
        init,
        owner,
        name,
        directory,
        mounts: [...this.#mounts, ...this.#inputs],
        command
      })
      if (launch instanceof SpawnFailed) return Effect.fail(launch)
      this.#container = name
      return runGroup(launch, groups)
    })
    return this.close.pipe(
      Effect.andThen(ready),
      Effect.andThen(started),
      Effect.flatMap((exited) => endOf(engine, name, command.image?.name ?? "", exited)),
      Effect.onExit((exit) => {
        this.#ended = Exit.isSuccess(exit)
        return this.#ended ? Effect.void : this.close
      })
    )
  }

  get #inputs(): ReadonlyArray<Mount> {
    return [...this.#placed].map(([path, host]) => ({ path, host })).filter(({ host }) => existsSync(host))
  }

  get close(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const name = this.#container
      this.#container = undefined
      if (name === undefined) return Effect.void
      return this.#ended ? removeEnded(this.#host.engine, name) : removeContainers(this.#host.engine, [name])
    })
  }
}

/** Whether a path lies in a mount; elsewhere the engine finds its own way in the image. */
const isMounted = ({ path, view }: Spot): boolean => {
  try {
    return view.parts.has(path) || partAt(view, realPath({ view, path: dirname(path) })) !== undefined
  } catch {
    return false
  }
}

/** Lets every user write to a directory; one that a container has made is its own business. */
const share = (directory: string): void => {
  try {
    chmodSync(directory, 0o777)
  } catch {
    // It belongs to somebody else.
  }
}
