/**
 * A real S3 server on loopback, for one file of tests.
 *
 * Owns: the processes of the server; they end with this process, however that ends, since they watch its pipe.
 */
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { AwsClient } from "aws4fetch"
import type { Credentials } from "../../../src/store/s3/credentials.ts"
import { removeTree } from "../../removeTree.ts"

/** A running server with an empty bucket. */
export interface S3Server {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly credentials: Credentials
  readonly stop: () => Promise<void>
}

const credentials: Credentials = { accessKeyId: "probe", secretAccessKey: "probe-secret-key" }
const script = fileURLToPath(new URL("radosgw.sh", import.meta.url))

const isInstalled = (): boolean => {
  try {
    execFileSync("sh", ["-c", "command -v radosgw ceph-mon ceph-osd"], { stdio: "ignore" })
    return process.platform === "linux"
  } catch {
    return false
  }
}

/** Whether the server can be started. Where it must be, because PINNACE_TEST_S3 is `required`, it is tried anyway. */
export const hasS3Server: boolean = process.env["PINNACE_TEST_S3"] === "required" || isInstalled()

/** A port that is free and followed by a free one. */
const freePort = async (): Promise<number> => {
  const take = (port: number) =>
    new Promise<{ port: number; close: () => Promise<void> } | undefined>((resolve) => {
      const server = createServer().once("error", () => resolve(undefined))
      server.listen(port, "127.0.0.1", () => {
        const { port } = server.address() as { port: number }
        resolve({ port, close: () => new Promise((done) => server.close(() => done())) })
      })
    })
  for (;;) {
    const first = await take(0)
    const second = first === undefined ? undefined : await take(first.port + 1)
    await Promise.all([first?.close(), second?.close()])
    if (first !== undefined && second !== undefined) return first.port
  }
}

/** Starts a server; takes about 13 seconds. */
export const startS3Server = async (): Promise<S3Server> => {
  const port = await freePort()
  const directory = join(mkdtempSync(join(tmpdir(), "pinnace-s3-")), "ceph")
  const child = spawn(script, [directory, String(port)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, S3_ACCESS_KEY: credentials.accessKeyId, S3_SECRET_KEY: credentials.secretAccessKey }
  })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let output = ""
    child.stderr.setEncoding("utf8").on("data", (text) => output += text)
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text
      if (output.includes("ready")) resolve()
    })
    child.once("close", (code) => reject(new Error(`radosgw.sh ended with ${code}:\n${output}`)))
  })
  const server = { endpoint: `http://127.0.0.1:${port}`, bucket: "pinnace", region: "us-east-1", credentials }
  const client = new AwsClient(
    { ...credentials, service: "s3", region: server.region } as ConstructorParameters<typeof AwsClient>[0]
  )
  const made = await client.fetch(`${server.endpoint}/${server.bucket}`, { method: "PUT" })
  if (!made.ok) throw new Error(`The bucket could not be made: ${await made.text()}`)
  const stop = async () => {
    child.stdin.end()
    await ended
    removeTree(dirname(directory))
  }
  return { ...server, stop }
}
