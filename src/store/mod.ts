/**
 * Stores of artifacts: named bytes, streamed in and out, in memory
 * or in a directory, and the port that other stores implement.
 *
 * @module
 */
export { ArtifactError, ArtifactReason } from "../artifact/ArtifactError.ts"
export type { ArtifactOperation } from "../artifact/ArtifactError.ts"
export type {
  ArtifactStore,
  ByteRange,
  Deletion,
  Location,
  ObjectInfo,
  PutOptions,
  Stored,
  Swept
} from "../artifact/Store.ts"
export { verified } from "../artifact/content.ts"
export { keyBytes, keyProblem } from "../artifact/key.ts"
export { escapeSegment, fillKeyTemplate, parseKeyTemplate } from "../artifact/keyTemplate.ts"
export type { KeyValues } from "../artifact/keyTemplate.ts"
export { archiveFormats } from "../artifact/Archive.ts"
export type { ArchiveFormat, PackOptions, Unpacked, UnpackOptions } from "../artifact/Archive.ts"
export { defaultArchiveBounds } from "../artifact/archiveBounds.ts"
export type { ArchiveBounds } from "../artifact/archiveBounds.ts"
export { pack } from "./archive/pack.ts"
export { unpack } from "./archive/unpack.ts"
export { diskStore } from "./disk/diskStore.ts"
export type { DiskOptions } from "./disk/diskStore.ts"
export { readFile } from "./file.ts"
export { memoryStore } from "./memory.ts"
