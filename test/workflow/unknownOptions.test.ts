/** Options that do not exist are refused where authors write them, with the one that was meant: also without types. */
import { expect, test } from "vitest"
import { handler, keyedSemaphore, rateLimit, semaphore, signal, task, workflow } from "../../mod.ts"
import { nearest } from "../../src/workflow/nearest.ts"

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
  expect(() => define({ [wrong]: 1 })).toThrow(`has "${wrong}", which is unknown. Did you mean "${name}"?`)
  expect(() => define({ somethingElse: 1 })).toThrow(/has "somethingElse", which is unknown\. Known are \w/)
  for (const none of [{}, { [wrong]: undefined, somethingElse: undefined }]) expect(() => define(none)).not.toThrow()
})

const own = (options: object) => untyped.task("t", { run, ...options })
const flow = (options: object) => untyped.workflow("w", options, () => {})
const placed = (options: object) => node((w) => w.node("n", plain, options))
const mapped = (options: object) => node((w) => w.map("n", [1], plain, () => undefined, options))

test.each<[string, string, string, (options: object) => unknown]>([
  ["a retry of a task", "limits", "limit", (retry) => own({ retry })],
  ["a retry of a workflow", "maxDurations", "maxDuration", (retry) => flow({ retry })],
  ["a retry of a node", "limits", "limit", (retry) => placed({ retry })],
  ["a retry of a compensation", "limits", "limit", (retry) => own({ compensate: { run, retry } })],
  ["a backoff", "jiter", "jitter", (of) => own({ retry: { backoff: { duration: 1, ...of } } })],
  ["a timeout", "totl", "total", (of) => own({ timeout: { attempt: "1s", ...of } })],
  ["continueOn", "faild", "failed", (continueOn) => placed({ continueOn })],
  ["hooks", "suceeded", "succeeded", (hooks) => placed({ hooks })],
  ["an item of a map", "retries", "retry", (item) => mapped({ item })],
  ["a retry of an item", "limits", "limit", (retry) => mapped({ item: { retry } })],
  ["what a cache depends on", "fils", "files", (dependsOn) => own({ cache: { dependsOn } })],
  ["a ttl", "failre", "failure", (of) => flow({ ttl: { success: "1d", ...of } })],
  ["start policies", "singelton", "singleton", (start) => flow({ start })],
  ["a singleton", "takn", "taken", (singleton) => flow({ start: { singleton } })]
])("What is mistyped within %s is refused, and its name is said", (_, wrong, name, define) => {
  expect(() => define({ [wrong]: 1 })).toThrow(`has "${wrong}", which is unknown. Did you mean "${name}"?`)
  for (const none of [{}, { [wrong]: undefined }]) expect(() => define(none)).not.toThrow()
})

test("Values within an item and continueOn are of the right kind", () => {
  expect(() => mapped({ item: { onExit: 1 } })).toThrow(/"item" of .* has a "onExit" that is 1/)
  expect(() => placed({ continueOn: { failed: "yes" } })).toThrow(/"continueOn" of .* has a "failed" that is "yes"/)
})

test.each<[string, ReadonlyArray<string>, string | undefined]>([
  ["foo", ["on", "key"], undefined],
  ["ab", ["xy"], undefined],
  ["a", ["b"], undefined],
  ["gone", ["go"], "go"],
  ["pre", ["per"], "per"],
  ["ky", ["key"], "key"],
  ["A", ["b", "a"], "a"],
  ["concurency", ["concurrency"], "concurrency"],
  ["gpu", ["cpu", "gpus"], "gpus"],
  ["abd", ["xbd", "abc"], "abc"],
  ["retires", ["retry", "retries"], "retries"]
])("The name meant by %s of %s is %s", (wrong, names, meant) => {
  expect(nearest(wrong, names)).toBe(meant)
})
