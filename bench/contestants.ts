/** Who is measured: the program of each contestant, and how its work is counted in its file by somebody else. */
import Sqlite from "better-sqlite3"
import { fileURLToPath } from "node:url"
import { measured } from "./Request.ts"

/** The contestants. */
export const contestantNames = ["pinnace", "prototype", "raw", "openworkflow"] as const

/** One of the contestants. */
export type ContestantName = typeof contestantNames[number]

/** A program, and queries that give the number of finished nodes of the measured runs; all must give the same. */
export interface Contestant {
  readonly program: string
  readonly counts: ReadonlyArray<string>
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const ourRuns = `SELECT key FROM runs WHERE workflow = '${measured}'`

const ourEnds = `FROM events JOIN nodes USING (run, path)
  WHERE nodes.kind = 'task' AND events.type = 'NodeFinished' AND run IN (${ourRuns})`

/** Where each contestant is, and how it is checked. */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  pinnace: {
    program: at("dist/bench/subjects/pinnace.js"),
    // A map is a node itself; only its items are counted.
    counts: [
      `SELECT count(*) FROM nodes WHERE kind = 'task' AND phase = 'Succeeded' AND run IN (${ourRuns})`,
      `SELECT count(DISTINCT run || '/' || path) ${ourEnds}`,
      `SELECT count(*) ${ourEnds}`
    ]
  },
  prototype: {
    program: at("dist/bench/subjects/prototype.js"),
    counts: [
      `SELECT count(*) FROM nodes WHERE status = 'Succeeded' AND run IN (SELECT id FROM runs WHERE name = '${measured}')`
    ]
  },
  raw: {
    program: at("dist/bench/subjects/raw.js"),
    counts: [
      `SELECT count(*) FROM nodes WHERE phase = 'Succeeded' AND run IN (${ourRuns})`,
      `SELECT count(*) FROM events WHERE type = 'NodeFinished' AND run IN (${ourRuns})`
    ]
  },
  openworkflow: {
    program: at("peers/openworkflow/main.mjs"),
    counts: [
      `SELECT count(*) FROM step_attempts s JOIN workflow_runs r ON r.id = s.workflow_run_id
        WHERE r.workflow_name = '${measured}' AND s.status IN ('completed', 'succeeded')`
    ]
  }
}

/** Finished nodes in a file nobody has open any more; throws when two ways of counting disagree. */
export const countFinished = (name: ContestantName, file: string): number => {
  const db = new Sqlite(file)
  try {
    const counts = contestants[name].counts.map((query) => db.prepare(query).pluck().get() as number)
    if (new Set(counts).size !== 1) throw new Error(`${name} counts its finished nodes as ${counts.join(", ")}`)
    return counts[0]!
  } finally {
    db.close()
  }
}
