/** What types say of schedules: the input of a workflow is needed where it has one, and of its type. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { every, open, schedule, Schema, task, workflow } from "../../mod.ts"

const plain = workflow("plain", {}, (w) => w.node("n", task("n", { run: () => 1 })))
const double = task("double", { input: Schema.Number, run: (n) => n * 2 })
const asking = workflow("asking", { input: Schema.Number }, (w) => w.node("n", double, { input: w.input }))

schedule("a", every("1 hour"), plain)
schedule("b", every("1 hour"), asking, { input: ({ at, previous }) => at.getTime() - (previous ?? at).getTime() })
// @ts-expect-error the workflow has an input
schedule("c", every("1 hour"), asking)
// @ts-expect-error the workflow has an input
schedule("d", every("1 hour"), asking, { overlap: "allow" })
// @ts-expect-error the input is a number
schedule("e", every("1 hour"), asking, { input: ({ at }) => at.toISOString() })
// @ts-expect-error there is no such overlap
schedule("f", every("1 hour"), plain, { overlap: "never" })
// @ts-expect-error a text is no timing
schedule("g", "1 hour", plain)

class Db extends Context.Service<Db, { readonly count: number }>()("test/types/Db") {}
const counting = task("counting", { services: [Db], run: () => Effect.map(Db, ({ count }) => count) })
const served = workflow("served", { services: [Db] }, (w) => w.node("n", counting))
// @ts-expect-error nobody gives the service
void open(":memory:", { schedules: [schedule("h", every("1 hour"), served)] })
