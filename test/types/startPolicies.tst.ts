/** What types say of start policies: keys are made of the input of the workflow, and are plain. */
import { Schema, task, workflow } from "../../mod.ts"

const input = { tenant: Schema.String, page: Schema.Number }
const work = task("work", { run: () => 1 })

workflow("a", { input, start: { singleton: { key: ({ tenant }) => tenant } } }, (w) => w.node("n", work))
workflow("b", { input, start: { debounce: { key: ({ page }) => page, wait: "2 seconds" } } }, (w) => w.node("n", work))
workflow("c", { start: { throttle: { limit: 10, per: "1 minute" } } }, (w) => w.node("n", work))
// @ts-expect-error the input has no such field
workflow("d", { input, start: { singleton: { key: ({ user }) => user } } }, (w) => w.node("n", work))
// @ts-expect-error a key is no object
workflow("e", { input, start: { singleton: { key: (it) => it } } }, (w) => w.node("n", work))
// @ts-expect-error there is nothing else to do
workflow("f", { input, start: { singleton: { taken: "wait" } } }, (w) => w.node("n", work))
// @ts-expect-error how long it waits is not said
workflow("g", { input, start: { debounce: { atMost: "1 minute" } } }, (w) => w.node("n", work))
// @ts-expect-error per which time is not said
workflow("h", { input, start: { throttle: { limit: 1 } } }, (w) => w.node("n", work))
