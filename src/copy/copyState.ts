/** Copies a state file to a database, or a database to a file, and compares both at the end. */
import { JournalError } from "../journal/JournalError.ts"
import { isPostgres } from "../postgres/address.ts"
import { Digest } from "./Digest.ts"
import type { Source, Target } from "./Side.ts"
import { type Row, type Table, tables } from "./tables.ts"

/** How to copy. */
export interface CopyOptions {
  /** Open runs go on by themselves where they are copied to; otherwise they are suspended there. */
  readonly goesOn: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Hears how many rows of a table are there so far. */
  readonly progress?: (table: string, count: number) => void
}

/** What was copied. */
export interface Copied {
  /** Rows by table. */
  readonly counts: Readonly<Record<string, number>>
  readonly suspended: number
  /** Where the bytes of artifacts are, which are not copied. */
  readonly stores: ReadonlyArray<string>
}

/** Copies from one address or path to another. Fails with `JournalError`; then nothing was copied. */
export const copyState = async (from: string, to: string, options: CopyOptions): Promise<Copied> => {
  const source = isPostgres(from)
    ? await (await import("./databaseSide.ts")).databaseSource(from)
    : (await import("./fileSide.ts")).fileSource(from)
  try {
    await refuseExecuted(source, from)
    const target = isPostgres(to)
      ? await (await import("./databaseSide.ts")).databaseTarget(to)
      : (await import("./fileSide.ts")).fileTarget(to)
    try {
      return await copied(source, target, options)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

const refuseExecuted = async (source: Source, from: string): Promise<void> => {
  const runs = await source.executed()
  if (runs.length === 0) return
  const named = runs.slice(0, 3).join(", ") + (runs.length > 3 ? ", …" : "")
  throw new JournalError({
    reason: "Locked",
    message:
      `Cannot copy ${isPostgres(from) ? "the database" : from}: living processes execute ${runs.length} of its ` +
      `runs (${named}). Stop these processes, then copy again.`
  })
}

const copied = async (source: Source, target: Target, options: CopyOptions): Promise<Copied> => {
  const counts: Record<string, number> = {}
  const stores = new Set<string>()
  for (const table of tables) {
    const digest = new Digest(table)
    for await (const rows of pages(source, table)) {
      await target.write(table, rows)
      digest.add(rows)
      if (table.name === "artifacts") { for (const { store } of rows) stores.add(store as string) }
      options.progress?.(table.name, digest.count)
    }
    counts[table.name] = digest.count
    await compare(target, table, digest)
  }
  await target.reserve(await source.latestProcess())
  const suspended = options.goesOn ? 0 : await target.suspend(options.now)
  await target.keep()
  return { counts, suspended, stores: [...stores].sort() }
}

const compare = async (target: Target, table: Table, wanted: Digest): Promise<void> => {
  const found = new Digest(table)
  for await (const rows of pages(target, table)) found.add(rows)
  if (found.equals(wanted)) return
  throw new JournalError({
    reason: "Io",
    message: `Cannot keep the copy: ${found.count} rows of table ${table.name} were read back, which are not the ` +
      `${wanted.count} that were written. Nothing was kept; copy again, and report it if this stays.`
  })
}

const [mostRows, mostText] = [2_000, 4_000_000]

/** The rows of a table, in pieces that memory can hold: a value may be large. */
async function* pages(side: Pick<Source, "read">, table: Table): AsyncGenerator<ReadonlyArray<Row>> {
  let limit = 16
  for (let after: Row | undefined = undefined;;) {
    const rows: ReadonlyArray<Row> = await side.read(table, after, limit)
    if (rows.length === 0) return
    yield rows
    if (rows.length < limit) return
    after = rows.at(-1)
    const each = Math.max(1, sizeOf(rows) / rows.length)
    limit = Math.max(1, Math.min(mostRows, 4 * limit, Math.floor(mostText / each)))
  }
}

const sizeOf = (rows: ReadonlyArray<Row>): number =>
  rows.reduce(
    (sum, row) => Object.values(row).reduce((size: number, it) => size + (typeof it === "string" ? it.length : 8), sum),
    0
  )
