/**
 * Artifacts: one large file into a directory and into S3, and many small ones, each against what people would use else.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { randomBytes } from "node:crypto"
import Database from "better-sqlite3"
import { openSqlite } from "../src/sqlite/openSqlite.ts"
import { hasS3Server, type S3Server, startS3Server } from "../test/store/s3/server.ts"
import { root, spawnNode } from "./spawnNode.ts"
import { median } from "./statistics.ts"

/** One comparison; medians of milliseconds, and of their ratios within each repetition. */
export interface ArtifactRow {
  readonly name: string
  readonly ours: number
  readonly theirs: number | undefined
  readonly ratio: number | undefined
  /** Peak resident memory of our process, in MiB. */
  readonly rss: number
}

interface Measured {
  readonly millis: number
  readonly rss: number
}

const largeBytes = 1024 ** 3
/** Small objects of one measurement: put, read and deleted. */
export const smallObjects = 10_000
/** Artifacts of the state file whose garbage is planned. */
const planRows = 1_000_000

/** Every comparison, `reps` times; those with S3 only where a server can be started. */
export const measureArtifacts = async (reps: number, scratch: string, say: (text: string) => void) => {
  const file = join(scratch, "large")
  writeNoise(file, largeBytes)
  const directory = join(scratch, "store")
  const disk = (subject: string) => () => subjectOnce(subject, { directory, file, smallObjects })
  const rows = [
    await compare("1 GiB into a directory, vs cp", reps, disk("disk-put"), disk("cp")),
    await compare("1 GiB into a directory, vs cp, sync and sha256sum", reps, disk("disk-put"), disk("cp-sync-sum")),
    await compare(`${smallObjects.toLocaleString("en")} small ones put, read and deleted`, reps, disk("disk-small"))
  ]
  mkdirSync(directory, { recursive: true })
  rows.push(
    await compare(`${smallObjects.toLocaleString("en")} small ones through the engine, collected`, reps, () => {
      rmSync(directory, { recursive: true, force: true })
      mkdirSync(directory)
      return disk("engine-small")()
    })
  )
  const table = join(scratch, "plan.db")
  writePlan(table)
  rows.push(
    await compare(
      `which of ${planRows.toLocaleString("en")} are garbage`,
      reps,
      () => subjectOnce("gc-plan", { file: table, planRows })
    )
  )
  if (!hasS3Server) return { rows, skipped: ["artifacts in S3 (radosgw is missing: run test/store/s3/install.sh)"] }
  say("starting an S3 server")
  const server = await startS3Server()
  try {
    const s3 = (subject: string) => () => subjectOnce(subject, { server: plain(server), file })
    const row = await compare("1 GiB into S3, vs the SDK's own upload", reps, s3("s3-put"), s3("sdk-put"))
    return { rows: [...rows, row], skipped: [] }
  } finally {
    await server.stop()
  }
}

const plain = ({ bucket, credentials, endpoint, region }: S3Server) => ({ bucket, credentials, endpoint, region })

/**
 * One after the other in each repetition, the first one changing; a round before that fills caches and is thrown away.
 */
const compare = async (
  name: string,
  reps: number,
  ours: () => Promise<Measured>,
  theirs?: () => Promise<Measured>
): Promise<ArtifactRow> => {
  const [own, other, ratios]: [Array<Measured>, Array<number>, Array<number>] = [[], [], []]
  for (let rep = -1; rep < reps; rep++) {
    const before = rep % 2 === 0 ? await theirs?.() : undefined
    const measured = await ours()
    const compared = before ?? await theirs?.()
    if (rep < 0) continue
    own.push(measured)
    if (compared === undefined) continue
    other.push(compared.millis)
    ratios.push(measured.millis / compared.millis)
  }
  return {
    name,
    ours: median(own.map(({ millis }) => millis)),
    theirs: other.length === 0 ? undefined : median(other),
    ratio: ratios.length === 0 ? undefined : median(ratios),
    rss: Math.max(...own.map(({ rss }) => rss))
  }
}

const subjectOnce = async (subject: string, request: object): Promise<Measured> => {
  const { answer, code, errors, signal } = await spawnNode([
    join(root, "bench/dist/bench/subjects/artifacts.js"),
    subject,
    JSON.stringify(request)
  ])
  if (code !== 0 || answer === undefined) {
    throw new Error(`${subject} ended with ${code ?? signal}:\n${errors.slice(0, 2_000)}`)
  }
  return JSON.parse(answer) as Measured
}

/** A state file with very many artifacts, every second one of them garbage. */
const writePlan = (file: string): void => {
  openSqlite(file).close()
  const db = new Database(file)
  const insert = db.prepare(
    `INSERT INTO artifacts VALUES (?, 'a', 'file', 'none', 'default', ?, 10, '00', 'text/plain', ?, ?, 'r', 'n', 1, ?, 0, NULL, 0, 0, 1, NULL)`
  )
  db.transaction(() => {
    for (let at = 0; at < planRows; at++) {
      const [gc, state] = at % 2 === 0 ? ["OnWorkflowCompletion", "due"] : ["Never", "live"]
      insert.run(`a${at}`, `k${at}`, gc, at % 1_000, state)
    }
  })()
  db.close()
}

const writeNoise = (file: string, size: number): void => {
  const block = randomBytes(16 * 1024 * 1024)
  const handle = openSync(file, "w")
  for (let written = 0; written < size; written += block.length) writeSync(handle, block)
  closeSync(handle)
}
