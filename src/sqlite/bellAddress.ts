/**
 * Where a process listens for the others: a socket beside its lock, or in this
 * user's own directory for temporary files when that path is too long for a socket.
 */
import { join } from "node:path"
import process from "node:process"
import { ownTemporary } from "../files/mod.ts"

/** Bytes a socket path may have: macOS allows 103, Linux 107. */
const longestPath = 100

/** The address of a process's doorbell; `directory` is the canonical path of the owners' directory. */
export const bellAddress = (directory: string, id: number): string => {
  if (process.platform === "win32") return `\\\\.\\pipe\\pinnace-${fingerprint(directory)}-${id}`
  const beside = join(directory, `${id}.sock`)
  return Buffer.byteLength(beside) <= longestPath
    ? beside
    : join(ownTemporary(), `${fingerprint(directory)}-${id}.sock`)
}

/** Whether a stored address is a file name within the owners' directory. */
export const isFileAddress = (address: string): boolean => !address.includes("/") && !address.includes("\\")

/** A short name for a path: 64 bits of it, mixed (FNV-1a, twice). */
const fingerprint = (text: string): string => fnv(text, 0x811c9dc5) + fnv(text, 0x050c5d1f)

const fnv = (text: string, seed: number): string => {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, "0")
}
