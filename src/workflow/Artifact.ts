/** Artifacts as authors see them: handles that cross the journal, and what a body can do with the bytes behind them. */
import * as Schema from "effect/Schema"

/** When the bytes of an artifact are deleted. */
export type ArtifactGC = (typeof artifactStrategies)[number]

/**
 * - `OnWorkflowCompletion`: when the run has ended
 * - `OnWorkflowDeletion`: when the run is deleted
 * - `Never`
 * - `temp`: when the last node that can read it has ended
 */
export const artifactStrategies = ["OnWorkflowCompletion", "OnWorkflowDeletion", "Never", "temp"] as const

/**
 * A handle on bytes that an attempt saved. It is plain data: tasks give it in their output and take it in their input.
 */
export interface Artifact {
  /** Identity inside one state file. */
  readonly artifact: string
  /** The name under which its task saved it. */
  readonly name: string
  /** What `path()` makes of it. */
  readonly kind: "file" | "directory"
  /** Bytes as stored. */
  readonly size: number
  /** SHA-256 of the bytes as stored, in lower-case hexadecimal. */
  readonly sha256: string
  /** What its bytes are, such as `text/csv`. */
  readonly mediaType: string
}

/** The schema of a handle, for inputs and outputs of tasks and workflows. */
export const Artifact: Schema.Codec<Artifact, Artifact> = Schema.Struct({
  artifact: Schema.String,
  name: Schema.String,
  kind: Schema.Literals(["file", "directory"]),
  size: Schema.Number,
  sha256: Schema.String,
  mediaType: Schema.String
})

/** What can be saved: the path of a file or directory, bytes, or a stream of bytes. */
export type ArtifactContent = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** How an artifact is saved. */
export interface PutArtifact {
  /** Default: a file as it is, a directory as `tar+gzip`. A directory with `none` is stored file by file. */
  readonly archive?: "none" | "tar" | "tar+gzip" | "zip"
  /** Compression of `tar+gzip` and `zip`, from 0 to 9; default 6. */
  readonly level?: number
  /** Default: guessed from what is saved, else `application/octet-stream`. */
  readonly mediaType?: string
  /** When its bytes are deleted; default that of the workflow, then that of `open`, then `OnWorkflowDeletion`. */
  readonly gc?: ArtifactGC
  /** One of the stores `open` was given, by name; default that of the workflow, then `"default"`. */
  readonly store?: string
  /**
   * The key in the store with holes `{run}`, `{node}`, `{attempt}`, `{name}`; default one of its own for each attempt.
   * A node that runs again overwrites what it saved there; what a failed attempt left there stays until then. Another
   * node's is an error.
   */
  readonly key?: string
  /** Told how many bytes have been stored so far, as they go. */
  readonly onProgress?: (bytes: number) => void
  /** `"always"`: it is kept also when the attempt fails after it was saved. Default `"success"`. */
  readonly when?: "success" | "always"
}

/** A part of bytes: from `start` (default 0) up to and without `end` (default: the end). */
export interface ArtifactRange {
  /** The first byte, from 0; default 0. */
  readonly start?: number
  /** The byte after the last one; default the end. */
  readonly end?: number
}

/**
 * An artifact that can be read. Every read is checked against
 * the recorded size and digest and rejects with `ArtifactError`.
 */
export interface ReadableArtifact extends Artifact {
  /**
   * Copies it (or a sub-path of a directory) into this attempt's
   * work directory; changing the copy changes nothing else.
   */
  path(subPath?: string): Promise<string>
  /** The stored bytes; a range is not checked against the digest. */
  stream(range?: ArtifactRange): ReadableStream<Uint8Array>
  /** All stored bytes in memory. */
  bytes(): Promise<Uint8Array>
  /** All stored bytes in memory, read as UTF-8. */
  text(): Promise<string>
  /** The parsed JSON, decoded when a schema is given. */
  json(): Promise<unknown>
  /** The parsed JSON, decoded with the schema; rejects where it does not fit. */
  json<A>(schema: Schema.Codec<A, unknown>): Promise<A>
}

/** What a body can do with artifacts. */
export interface TaskArtifacts {
  /** This attempt's private work directory; it is removed when the attempt has ended. */
  directory(): Promise<string>
  /** Saves bytes; they count only once the attempt has succeeded (or `when: "always"`). */
  put(name: string, content: ArtifactContent, options?: PutArtifact): Promise<Artifact>
  /** Saves text as UTF-8. */
  putText(name: string, text: string, options?: PutArtifact): Promise<Artifact>
  /** Saves a value as JSON, encoded when a schema is given. */
  putJson<A>(
    name: string,
    value: A,
    options?: PutArtifact & { readonly schema?: Schema.Codec<A, unknown> }
  ): Promise<Artifact>
  /** What a handle stands for. Rejects when its bytes were deleted. */
  open(artifact: Artifact): Promise<ReadableArtifact>
}
