/** Makes the session of a run from the manifest and the run's own facts. */
import { join } from "node:path"
import type { LiveNode } from "../../engine/Interpreter.ts"
import type { Executor } from "../../process/Executor.ts"
import { runMetadata } from "../cron/runMetadata.ts"
import type { Library } from "../document/Library.ts"
import type { StoreDocument } from "../document/Manifest.ts"
import { fileName } from "../document/fileName.ts"
import { Artifacts } from "../artifact/Artifacts.ts"
import { globalVariables } from "../values/globals.ts"
import { parametersOf } from "../values/runParameters.ts"
import { literally } from "../language/expr/regex.ts"
import { runName } from "./naming.ts"
import type { Capabilities } from "../Capabilities.ts"
import type { PluginHosts } from "../bodies/plugin/PluginHosts.ts"
import type { Replacement } from "../bodies/Replacement.ts"
import type { NodeResult } from "../values/Result.ts"
import { type RunNested, Session } from "./Session.ts"
import type { Submission } from "./submission.ts"

/** What all runs of one loaded manifest share. */
export interface Surroundings extends Submission {
  readonly library: Library
  readonly stores: ReadonlyArray<StoreDocument>
  readonly directory: string
  readonly executor: () => Executor
  readonly replacements: Readonly<Record<string, Replacement>>
  readonly plugins: PluginHosts
  readonly capabilities: Capabilities
  /** Variables that all commands are given. */
  readonly given: Readonly<Record<string, string>>
  /** The manifest as text, to see which results somebody reads. */
  readonly text: string
  readonly nested: RunNested
  /** Default 0. */
  readonly nesting?: number
  /** The workflow around it: it has the same stores, and is told of all that this one changes. */
  readonly outer?: Session
  /** Default that of the engine's run. */
  readonly id?: string
}

/** The segment of paths beneath which a workflow runs that a resource template created. */
export const nestedSegment = "run~"

/** Whether a node belongs to a workflow that a node of this one created. */
const isNested = (path: string): boolean => path.includes(`/${nestedSegment}`)

/** Opens the session. Throws BadArgument. */
export const openSession = (
  around: Surroundings,
  given: Readonly<Record<string, string>>,
  live: LiveNode
): Session => {
  const { directory, owner, spec, text } = around
  const { row } = live.run.ledger
  const metadata = runMetadata(owner.document, spec, around.id === undefined ? row : { ...row, labels: {} })
  const id = around.id ?? row.id
  const name = runName(metadata, id)
  const globals = globalVariables({
    name,
    uid: id,
    metadata,
    spec,
    createdAt: row.createdAt,
    parameters: parametersOf(around, given)
  })
  const stores = around.outer?.parts.stores ?? [...around.stores]
  const session = new Session({
    ...around,
    name,
    globals,
    artifacts: new Artifacts(live.run.host, join(directory, "artifacts"), stores, spec),
    stores,
    directory: join(directory, "runs", fileName(id)),
    root: directory,
    nesting: around.nesting ?? 0,
    now: live.run.host.now,
    startedAt: row.startedAt,
    readsResult: resultReader(text)
  })
  restore(session, live)
  return session
}

/** What an earlier life of the run made known to all. */
const restore = (session: Session, { path: base, run: { ledger } }: LiveNode): void => {
  const above = isNested(base) ? base : ""
  const isOwn = (path: string): boolean => path.startsWith(above) && !isNested(path.slice(above.length))
  const ended = [...ledger.nodes.values()].filter(({ phase }) => phase === "Succeeded")
  for (const row of ended.toSorted((a, b) => a.resultSeq - b.resultSeq)) {
    const kept = JSON.parse(ledger.resultText(row)) as Pick<NodeResult, "change" | "outputs"> | null
    if (isOwn(row.path)) session.publish(kept?.outputs)
    if (above === "" && kept?.change !== undefined) session.change(row.path, kept.change)
  }
}

const resultReader = (text: string): (name: string) => boolean => {
  const known = new Map<string, boolean>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const pattern = `(?:steps|tasks)(?:\\.|\\[\\\\?['"])${literally(name)}(?:\\\\?['"]\\])?\\.outputs(?:\\.result|\\[)`
    const reads = new RegExp(pattern).test(text)
    known.set(name, reads)
    return reads
  }
}
