/**
 * Artifacts in a store that all containers of a run share. Each container has an engine of its own, which knows of no
 * other one's artifacts: so the id of a handle says where the bytes are and how they are packed.
 */
import * as Effect from "effect/Effect"
import { escapeSegment } from "../../artifact/keyTemplate.ts"
import { droppable } from "../../engine/node/droppable.ts"
import type { LiveTaskContext } from "../../engine/node/TaskContext.ts"
import { type SavedArtifact, savedRow } from "../../run/ArtifactRow.ts"
import type { Artifact, ArtifactContent, PutArtifact, TaskArtifacts } from "../../workflow/Artifact.ts"

/** Where a body is in the run of Argo. */
export interface Whereabouts {
  readonly run: string
  readonly path: string
  readonly attempt: number
}

/** One of its own for each attempt. */
const ownTemplate = "pinnace/argo/{run}/{node}.{attempt}.{id}.{name}"

/** What a body does with artifacts. */
export class SharedArtifacts implements TaskArtifacts {
  readonly #context: LiveTaskContext
  readonly #holes: ReadonlyMap<string, string>
  #count = 0

  constructor(context: LiveTaskContext, { attempt, path, run }: Whereabouts) {
    this.#context = context
    const values = { run, node: path.replaceAll("/", "."), attempt: String(attempt) }
    this.#holes = new Map(Object.entries(values).map(([name, value]) => [`{${name}}`, escapeSegment(value)]))
  }

  // Bodies take this apart (`({ put, open })`), so each is bound.

  readonly directory = (): Promise<string> => this.#inner.directory()

  readonly put = (name: string, content: ArtifactContent, options?: PutArtifact): Promise<Artifact> =>
    this.#saved(this.#inner.put(name, content, this.#kept(options)))

  readonly putText = (name: string, text: string, options?: PutArtifact): Promise<Artifact> =>
    this.#saved(this.#inner.putText(name, text, this.#kept(options)))

  readonly putJson: TaskArtifacts["putJson"] = (name, value, options) =>
    this.#saved(this.#inner.putJson(name, value, this.#kept(options)))

  readonly open = droppable(async (artifact: Artifact) => {
    const { journal: { append }, artifacts: { stores } } = this.#context.live.run.host
    const place = placeIn(artifact)
    if (place !== undefined) {
      const saved: SavedArtifact = { ...artifact, ...place, store: stores.get("default")!, gc: "Never" }
      append([{ kind: "artifact", row: savedRow(saved, elsewhere) }])
      await Effect.runPromise(this.#context.live.run.host.journal.drained)
    }
    return await this.#inner.open(artifact)
  })

  get #inner(): TaskArtifacts {
    return this.#context.artifacts
  }

  /** The engine of this container ends with it, and deletes nothing that others read. */
  #kept<A extends PutArtifact>(options: A | undefined): A {
    const template = options?.key ?? ownTemplate.replace("{id}", String(++this.#count))
    const key = template.replace(/\{\{|\}\}|\{\w+\}/g, (hole) => this.#holes.get(hole) ?? hole)
    return { ...options as A, key, store: "default", gc: "Never" }
  }

  readonly #saved = droppable(async (put: Promise<Artifact>): Promise<Artifact> => {
    const handle = await put
    const { saved } = this.#context.live.staged.find(({ saved: { artifact } }) => artifact === handle.artifact)!
    return { ...handle, artifact: `${saved.archive}:${encodeURIComponent(saved.key)}` }
  })
}

const elsewhere = { run: 0, runId: "", path: "", attempt: 1, createdAt: 0 }

const archives: ReadonlyArray<string> = ["none", "tar", "tar+gzip", "zip"] satisfies Array<SavedArtifact["archive"]>

/** Where the bytes of a handle are, where another container has made it. */
const placeIn = ({ artifact }: Artifact): Pick<SavedArtifact, "archive" | "key"> | undefined => {
  if (typeof artifact !== "string") return undefined
  const [archive = "", key] = artifact.split(":", 2)
  if (key === undefined || !archives.includes(archive)) return undefined
  return { archive: archive as SavedArtifact["archive"], key: decodeURIComponent(key) }
}
