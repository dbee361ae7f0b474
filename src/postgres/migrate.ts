/** Brings a schema of a database to the version this program knows; refuses what it must not touch. */
import { JournalError } from "../journal/JournalError.ts"
import type { PgSession } from "./PgSession.ts"
import { changes } from "./schema/changes.ts"
import { owners } from "./schema/owners.ts"
import { permits } from "./schema/permits.ts"
import { tables } from "./schema/tables.ts"
import { turns } from "./schema/turns.ts"
import { views } from "./schema/views.ts"

/** The schema versions in order; forward only, one script each. */
const migrations: ReadonlyArray<string> = [`${tables}${turns}${permits}${changes}${owners}${views}`]

/** The version this program writes. */
export const schemaVersion = migrations.length

/** A name as SQL writes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The statements that `migrate` runs on an empty database, for those who run them by hand. */
export const script = (schema: string): string =>
  [
    "BEGIN;",
    `CREATE SCHEMA IF NOT EXISTS ${quoted(schema)};`,
    `SET LOCAL search_path TO ${quoted(schema)};`,
    ...migrations,
    `UPDATE meta SET version = ${schemaVersion};`,
    "COMMIT;"
  ].join("\n")

const oldest = 140_000

/** Refuses servers that are too old: they cannot end sessions by themselves. */
const checkServer = async (session: PgSession): Promise<void> => {
  const [row] = await session.query("SELECT current_setting('server_version_num')::int AS number, version() AS name")
  if (row!["number"] as number >= oldest) return
  throw new JournalError({
    reason: "UnsupportedRuntime",
    message: `Cannot use this PostgreSQL server: it is version ${row!["name"]}, and 14 or later is needed. Update it.`
  })
}

/** The version of a schema; 0 where there is none. */
export const versionOf = async (session: PgSession, schema: string): Promise<number> => {
  // By the tables: what the session remembers of names may be older than the lock it waited for.
  const found = await session.query(
    "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'meta'",
    [schema]
  )
  if (found.length === 0) return 0
  const [row] = await session.query(`SELECT version FROM ${quoted(schema)}.meta`)
  return row?.["version"] as number ?? 0
}

/**
 * Applies what the schema lacks, in one transaction under a lock; with `mayChange` false it only looks. Answers the
 * version from which it did so: that of this program where there was nothing to do, or somebody else has just done it.
 */
export const migrate = async (session: PgSession, schema: string, mayChange: boolean): Promise<number> => {
  await checkServer(session)
  const version = await versionOf(session, schema)
  if (version > schemaVersion) throw newerError(schema, version)
  if (version === schemaVersion) return version
  if (!mayChange) throw version === 0 ? missingError(schema) : olderError(schema, version)
  await session.query("BEGIN")
  try {
    await session.query("SELECT pg_advisory_xact_lock(hashtext($1), -2)", [schema])
    const from = await versionOf(session, schema)
    if (from > schemaVersion) throw newerError(schema, from)
    await session.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}; SET LOCAL search_path TO ${quoted(schema)}`)
    for (const step of migrations.slice(from)) await session.query(step)
    await session.query(`UPDATE meta SET version = ${schemaVersion}`)
    await session.query("COMMIT")
    return from
  } catch (error) {
    await session.query("ROLLBACK").catch(() => {})
    throw error
  }
}

const newerError = (schema: string, version: number): JournalError =>
  new JournalError({
    reason: "NewerSchema",
    message: `Cannot open schema "${schema}" of this database: it is version ${version} and this program knows ` +
      `${schemaVersion}. Update the program, or name another schema; this one was left as it is.`
  })

const missingError = (schema: string): JournalError =>
  new JournalError({
    reason: "NotFound",
    message: `Cannot open this database: there is no schema "${schema}" in it, and this process does not make one. ` +
      "Make it with pinnace migrate, or start the app that uses it."
  })

const olderError = (schema: string, version: number): JournalError =>
  new JournalError({
    reason: "Unwritable",
    message:
      `Cannot open schema "${schema}" of this database: it is version ${version} of ${schemaVersion}, and this ` +
      "process may not change it (migrate: false). Run pinnace migrate as a role that may."
  })
