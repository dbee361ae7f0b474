/** What the database shows after a failure: nothing lost, nothing doubled, and who took over what when. */
import { readOutcomes, type Row, type Session } from "./rows.ts"

/** What is expected of a failure. */
export interface Expected {
  readonly runs: number
  readonly nodes: number
  /** No living owner may lose a run. */
  readonly takesNothing: boolean
}

/** Everything that is wrong with what is stored. */
export const judge = async (
  session: Session,
  { nodes, runs, takesNothing }: Expected
): Promise<ReadonlyArray<string>> => {
  const { ended, events } = await readOutcomes(session)
  const wrong: Array<string> = []
  if (ended !== runs) wrong.push(`${ended} of ${runs} runs ended well`)
  for (const [run, all] of Map.groupBy(events, ({ run }) => run)) {
    const seqs = all.map(({ seq }) => seq)
    if (seqs.some((seq, at) => seq !== at + 1)) wrong.push(`run ${run} has gaps: ${seqs.join(" ")}`)
    const finished = all.filter(({ type }) => type === "NodeFinished").map(({ path }) => path)
    if (new Set(finished).size !== nodes) wrong.push(`run ${run} lost nodes: ${finished.length} of ${nodes}`)
    if (new Set(finished).size !== finished.length) wrong.push(`run ${run} did nodes twice: ${finished.join(" ")}`)
    wrong.push(...lateEvents(all))
    const begun = all.filter(({ type }) => type === "RunStarted").length
    if (takesNothing && begun !== 1) wrong.push(`run ${run} was taken from a living owner (${begun} lives)`)
  }
  return wrong
}

/** A node that is begun again although it had ended. */
const lateEvents = (events: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const over = new Set<string>()
  const wrong: Array<string> = []
  for (const { path, run, type } of events) {
    if (path === null) continue
    if (over.has(path)) wrong.push(`run ${run}: ${type} of ${path} after its end`)
    if (type === "NodeFinished") over.add(path)
  }
  return wrong
}
