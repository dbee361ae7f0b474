/** A workflow that is exported and run by processes; it is copied beside its manifest. */
export const flowText = (library: string): string => `
import { Artifact, Schema, task, workflow } from ${JSON.stringify(library)}
class Busy extends Schema.TaggedError<Busy>()("Busy", { day: Schema.Int }) {}
const fetch = task("fetch", {
  input: { day: Schema.Int },
  output: Schema.Array(Schema.Int),
  errors: [Busy],
  retry: { limit: 2, while: ({ day }) => day === 3 },
  run: ({ day }, { attempt, log }) => {
    log("day", day, "attempt", attempt)
    if (attempt < 2) throw new Busy({ day })
    return [day, day + 1]
  }
})
const sum = task("sum", { input: Schema.Array(Schema.Int), run: (all) => all.reduce((a, b) => a + b, 0) })
export const report = workflow("report", { input: { day: Schema.Int } }, (w) => {
  const days = w.node("fetch", fetch, { input: { day: w.input.day } })
  return w.node("sum", sum, { input: days })
})
const write = task("write", { output: Artifact, run: (_, { artifacts }) => artifacts.putText("note", "a note") })
const read = task("read", { input: Artifact, run: async (it, { artifacts }) => (await artifacts.open(it)).text() })
export const noted = workflow("noted", {}, (w) => w.node("read", read, { input: w.node("write", write) }))
`
