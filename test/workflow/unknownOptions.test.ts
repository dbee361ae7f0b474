/** Options that do not exist are refused where authors write them, with the one that was meant: also without types. */
import { expect, test } from "vitest"
import { handler, keyedSemaphore, rateLimit, semaphore, signal, task, workflow } from "../../mod.ts"

// As in a module without types.
// deno-lint-ignore no-explicit-any
const untyped = { handler, keyedSemaphore, rateLimit, semaphore, task, workflow } as any
const run = () => {}
const plain = task("plain", { run })

// deno-lint-ignore no-explicit-any
const node = (add: (w: any) => unknown) => untyped.workflow("flow", {}, (w: unknown) => void add(w))

test.each<[string, string, (options: object) => unknown]>([
  ["a task", "retry", (of) => untyped.task("t", { run, ...of })],
  ["a workflow", "parallelism", (of) => untyped.workflow("w", of, () => {})],
  ["a node", "after", (of) => node((w) => w.node("n", plain, of))],
  ["a map", "concurrency", (of) => node((w) => w.map("n", [1], plain, () => undefined, of))],
  ["a node that waits", "duration", (of) => node((w) => w.suspend("n", of))],
  ["a node that waits for a signal", "default", (of) => node((w) => w.suspend(signal("n"), of))],
  ["a cache", "dependsOn", (of) => untyped.task("t", { run, cache: of })],
  ["a handler", "when", (of) => untyped.handler(plain, () => undefined, of)],
  ["a compensation", "when", (of) => untyped.task("t", { run, compensate: { run, ...of } })],
  ["a semaphore", "limit", (of) => untyped.semaphore("s", { limit: 1, ...of })],
  ["a rate limit", "per", (of) => untyped.rateLimit("s", { limit: 1, per: "1s", ...of })],
  ["a keyed semaphore", "each", (of) => untyped.keyedSemaphore("s", { each: 1, ...of })]
])("An option of %s that is mistyped is refused, and its name is said", (_, name, define) => {
  const wrong = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`
  expect(() => define({ [wrong]: undefined })).toThrow(`has "${wrong}", which is unknown. Did you mean "${name}"?`)
  expect(() => define({ somethingElse: 1 })).toThrow(/has "somethingElse", which is unknown\. Known are \w/)
  expect(() => define({})).not.toThrow()
})
