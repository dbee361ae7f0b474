/** Where a process listens for the others: a socket beside its lock, or elsewhere when that path is too long for a socket. */
import { createHash } from "node:crypto"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"

/** Bytes a socket path may have: macOS allows 103, Linux 107. */
const longestPath = 100

/** The address of a process's doorbell; `directory` is the canonical path of the owners' directory. */
export const bellAddress = (directory: string, id: number): string => {
  if (process.platform === "win32") return `\\\\.\\pipe\\pinnace-${fingerprint(directory)}-${id}`
  const beside = join(directory, `${id}.sock`)
  return Buffer.byteLength(beside) <= longestPath
    ? beside
    : join(tmpdir(), `pinnace-${fingerprint(directory)}-${id}.sock`)
}

/** Whether a stored address is a file name within the owners' directory. */
export const isFileAddress = (address: string): boolean => !address.includes("/") && !address.includes("\\")

const fingerprint = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16)
