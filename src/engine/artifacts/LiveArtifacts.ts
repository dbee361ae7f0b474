/**
 * What the body of one attempt does with artifacts.
 *
 * Owns: the attempt's work directory, transfers that are under way. Does
 * not own: what was saved (the node records it with its end), bytes.
 * Invariants
 * - A1 Bytes first: a handle is given only for bytes that are stored whole.
 * - A2 Nothing is transferred for an attempt that is over, and nothing of its directory is left.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { isReadable, type SavedArtifact } from "../../run/ArtifactRow.ts"
import {
  admit,
  admitOne,
  anything,
  callable,
  json,
  oneOf,
  path,
  record,
  type Rule,
  type Rules,
  text
} from "../../workflow/admit.ts"
import {
  type Artifact,
  type ArtifactContent,
  artifactStrategies,
  type PutArtifact,
  type ReadableArtifact,
  type TaskArtifacts
} from "../../workflow/Artifact.ts"
import { countFault, demand, nameFault, numberFault, shown } from "../../workflow/values.ts"
import { encodeJson } from "../../workflow/codec.ts"
import type { AnyCodec } from "../../workflow/Definition.ts"
import type { LiveNode } from "../Live.ts"
import type { ArtifactMover } from "./ArtifactHost.ts"
import { droppable } from "../node/droppable.ts"
import { readable } from "./readable.ts"
import { save } from "./save.ts"

const place = "the options of an artifact"

const rules: Rules<PutArtifact> = {
  archive: oneOf(["none", "tar", "tar+gzip", "zip"]),
  level: (value) => numberFault(value, 0, 9, "Use a whole number from 0 to 9") ?? countFault(value),
  mediaType: (value) => nameFault(value),
  gc: oneOf(artifactStrategies),
  store: text,
  key: (value) => nameFault(value, 1_024),
  onProgress: callable,
  when: oneOf(["success", "always"])
}

const admitPut = (options: PutArtifact | undefined): PutArtifact => admit<PutArtifact>(place, options, rules)

const contents: Rule = (value) => {
  if (typeof value === "string") return path(value)
  const isBytes = value instanceof Uint8Array || value instanceof ReadableStream
  if (isBytes || typeof value === "object" && value !== null && Symbol.asyncIterator in value) return undefined
  return { what: `is ${shown(value)}`, hint: "Use the path of a file or directory, bytes, or a stream of bytes" }
}

const handleHint = "Use what put(…) gave, or an input that is declared as Artifact"

const handle = record((value) => {
  const isOne = "artifact" in value && typeof value.artifact === "string" && "name" in value
  return isOne ? undefined : { what: "is not an artifact", hint: handleHint }
}, handleHint)

/** The artifacts of one attempt. */
export class LiveArtifacts implements TaskArtifacts {
  readonly #live: LiveNode
  readonly #attempt: number
  readonly #transfers = new Set<Fiber.Fiber<unknown, unknown>>()
  #directory: Promise<string> | undefined
  #copies = 0
  #closed = false

  constructor(live: LiveNode, attempt: number) {
    this.#live = live
    this.#attempt = attempt
  }

  // Bodies take this apart (`({ put, open })`), so each is bound.

  readonly directory = droppable(async (): Promise<string> => {
    this.#check()
    const mover = await this.#mover()
    this.#check()
    return await (this.#directory ??= mover.makeDirectory())
  })

  readonly putText = droppable(async (name: string, content: string, options?: PutArtifact): Promise<Artifact> => {
    admitOne("the text of an artifact", content, text)
    return this.put(name, new TextEncoder().encode(content), { mediaType: "text/plain", ...admitPut(options) })
  })

  readonly putJson = droppable(
    async (name: string, value: unknown, options?: PutArtifact & { readonly schema?: unknown }) => {
      const { schema, ...rest } = admit<typeof options & object>(place, options, { ...rules, schema: anything })
      if (schema === undefined) admitOne("the value of an artifact", value, json)
      const plain = schema === undefined ? value : encodeJson(schema as AnyCodec)(value)
      return this.put(name, new TextEncoder().encode(JSON.stringify(plain)), { mediaType: "application/json", ...rest })
    }
  )

  readonly put = droppable(async (name: string, content: ArtifactContent, given?: PutArtifact): Promise<Artifact> => {
    this.#check()
    demand("the name of an artifact", nameFault(name))
    admitOne(`the content of artifact "${name}"`, content, contents)
    const options = admitPut(given)
    const { gc, store } = this.#live.run.plan.workflow
    const place = this.#place(options.store ?? store ?? "default", name)
    const saved = await this.#transfer(save(this.#live, {
      attempt: this.#attempt,
      name,
      content,
      place,
      gc: options.gc ?? gc ?? this.#live.run.host.artifacts.gc,
      options,
      check: () => this.#check()
    }))
    return handleOf(saved)
  })

  readonly open = droppable(async (artifact: Artifact): Promise<ReadableArtifact> => {
    this.#check()
    admitOne("what is opened", artifact, handle)
    const row = await this.#find(artifact)
    const mover = await this.#mover()
    const store = await this.#live.run.host.artifacts.find(row.store)
    if (store === undefined) {
      throw new Error(`Artifact "${row.name}" is in a store that open() was not given: ${row.store}`)
    }
    return readable(handleOf(row), row, store, mover, {
      transfer: (effect) => this.#transfer(effect),
      place: async () => mover.within(await this.directory(), `${++this.#copies}-${row.name}`)
    })
  })

  /** Ends transfers and removes the work directory. */
  end(): Effect.Effect<void> {
    this.#closed = true
    return Effect.promise(async () => {
      await Promise.all([...this.#transfers].map((fiber) => Effect.runPromise(interrupt(fiber))))
      const directory = await this.#directory?.catch(() => undefined)
      if (directory !== undefined) await (await this.#mover()).removeDirectory(directory)
    })
  }

  #check(): void {
    if (this.#closed) {
      throw new Error(`The attempt of "${this.#live.path}" is over: its artifacts cannot be used any more`)
    }
  }

  #mover(): Promise<ArtifactMover> {
    return this.#live.run.host.artifacts.mover()
  }

  #place(store: string, artifact: string): string {
    const { stores } = this.#live.run.host.artifacts
    const place = stores.get(store)
    if (place !== undefined) return place
    const known = [...stores.keys()].join(", ")
    throw new Error(
      `Artifact "${artifact}" needs the store "${store}", which was not passed to open(). Known: ${known}`
    )
  }

  async #find({ artifact, name }: Artifact): Promise<SavedArtifact> {
    const { reads } = this.#live.run.host.journal
    const staged = this.#live.staged.find(({ saved }) => saved.artifact === artifact)
    if (staged !== undefined) return staged.saved
    const row = await Effect.runPromise(reads.artifacts.get(artifact))
    if (row !== undefined && isReadable(row)) return row
    const why = row === undefined ? "it is unknown here, or its run was deleted" : `it was deleted (${row.gc})`
    throw new Error(
      `Artifact "${name}" cannot be read: ${why}${row === undefined ? "" : `; run its node "${row.path}" again`}`
    )
  }

  #transfer<A, E>(effect: Effect.Effect<A, E>): Promise<A> {
    const { context, host } = this.#live.run
    return new Promise((resolve, reject) => {
      const fiber = Effect.runForkWith(context)(Effect.result(Effect.andThen(host.artifacts.gate.passed, effect)))
      this.#transfers.add(fiber)
      fiber.addObserver((exit) => {
        this.#transfers.delete(fiber)
        if (exit._tag === "Failure") reject(new Error(`The transfer of node "${this.#live.path}" was interrupted`))
        else if (exit.value._tag === "Failure") reject(exit.value.failure)
        else resolve(exit.value.success)
      })
    })
  }
}

const interrupt = (fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> =>
  Effect.callback((resume) => {
    fiber.addObserver(() => resume(Effect.void))
    fiber.interruptUnsafe()
  })

/** What crosses the journal. */
const handleOf = ({ artifact, kind, mediaType, name, sha256, size }: SavedArtifact): Artifact => ({
  artifact,
  name,
  kind,
  size,
  sha256,
  mediaType
})
