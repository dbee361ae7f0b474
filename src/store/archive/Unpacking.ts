/**
 * One unpacking, from the first byte of the archive to the move of what was in it.
 *
 * Owns: a directory beside the destination. Does not own: the source of
 * the bytes. Invariant: the destination comes into being by one rename.
 */
import { randomUUID } from "node:crypto"
import { chmod, lstat, mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { createGunzip } from "node:zlib"
import type { Unpacked, UnpackOptions } from "../../artifact/Archive.ts"
import { ArchiveMeter, defaultArchiveBounds } from "../../artifact/archiveBounds.ts"
import { ArtifactError, artifactError } from "../../artifact/ArtifactError.ts"
import { diskError } from "../disk/diskError.ts"
import { Extraction } from "./Extraction.ts"
import type { EntryFault } from "./PackEntry.ts"
import { through } from "./through.ts"
import { unpackTar } from "./unpackTar.ts"
import { unpackZip } from "./unpackZip.ts"

/** See the head of the file. */
export class Unpacking {
  readonly #destination: string
  readonly #scratch: string
  readonly #options: UnpackOptions
  readonly #meter: ArchiveMeter

  constructor(destination: string, options: UnpackOptions) {
    this.#destination = destination
    this.#scratch = join(dirname(destination), `.pinnace-unpack-${randomUUID()}`)
    this.#options = options
    this.#meter = new ArchiveMeter({ ...defaultArchiveBounds, ...options.bounds })
  }

  readonly onError = (cause: unknown): ArtifactError => {
    if (cause instanceof ArtifactError) return cause
    const { code = "" } = cause as NodeJS.ErrnoException
    // Codes of the system are upper case; those of zlib too, but they tell of the bytes.
    if (/^E[A-Z]+$/.test(code)) {
      return diskError({ operation: "unpack", store: this.#name, key: this.#destination }, cause)
    }
    return this.#fault(
      "Corrupt",
      this.#destination,
      `the archive is damaged or of another format: ${(cause as Error).message}`
    )
  }

  async begin(): Promise<void> {
    const there = await lstat(this.#destination).then(() => true, () => false)
    if (there) throw this.#fault("Exists", this.#destination, "it exists already. Remove it first")
    await mkdir(join(this.#scratch, "tree"), { recursive: true, mode: 0o700 })
  }

  async run(source: AsyncIterable<Uint8Array>): Promise<Unpacked> {
    const counted = this.#counted(source)
    const { format = "tar+gzip", subPath = "" } = this.#options
    if (format === "none") return await this.#file(counted)
    const extraction = new Extraction(join(this.#scratch, "tree"), this.#meter, this.#fault)
    if (format === "zip") await this.#zip(counted, extraction)
    else {await unpackTar(
        format === "tar" ? counted : through(counted, createGunzip({ chunkSize: 256 * 1024 })),
        extraction
      )}
    return await extraction.finish(this.#destination, subPath)
  }

  async end(): Promise<void> {
    await rm(this.#scratch, { recursive: true, force: true }).catch(() => {})
  }

  get #name(): string {
    return this.#options.format ?? "tar+gzip"
  }

  readonly #fault: EntryFault = (reason, key, cause) =>
    artifactError(reason, { operation: "unpack", store: this.#name, key }, cause)

  async #file(source: AsyncIterable<Uint8Array>): Promise<Unpacked> {
    const path = join(this.#scratch, "file")
    await this.#spool(source, path, (bytes) => this.#meter.bytes(bytes))
    await chmod(path, 0o644)
    await rename(path, this.#destination)
    return { kind: "file", entries: 1, bytes: this.#meter.unpacked }
  }

  async #zip(source: AsyncIterable<Uint8Array>, extraction: Extraction): Promise<void> {
    const path = join(this.#scratch, "archive.zip")
    await this.#spool(source, path, () => undefined)
    await unpackZip(path, extraction)
  }

  async #spool(source: AsyncIterable<Uint8Array>, path: string, count: (bytes: number) => string | undefined) {
    const handle = await open(path, "wx", 0o600)
    try {
      for await (const chunk of source) {
        const problem = count(chunk.length)
        if (problem !== undefined) throw this.#fault("TooLarge", this.#destination, problem)
        await handle.writeFile(chunk)
      }
    } finally {
      await handle.close()
    }
  }

  async *#counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#meter.read(chunk.length)
      yield chunk
    }
  }
}
