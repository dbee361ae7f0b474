// deno-lint-ignore-file no-explicit-any -- the point is to give what the types forbid
/** What authors give: every argument and option of a definition, complete by construction, looked at by `check`. */
import * as mod from "../../../mod.ts"
import { diskStore } from "../../../src/store/mod.ts"
import type { AnyOptions } from "../../../src/workflow/nodeOptions.ts"
import type { AnyWorkflowOptions } from "../../../src/workflow/workflowOptions.ts"
import type { Tries } from "./entries.ts"

type Names<T> = { readonly [K in keyof Required<T>]: true }

const { semaphore } = mod
const some = mod.task("some", { input: mod.Schema.Unknown, run: (): number => 1 })
const checked = (build: (w: any) => unknown, options: any = {}): unknown =>
  mod.check(mod.workflow("odd", options, build as any))
const node = (options: any): unknown => checked((w) => w.node("a", some, { input: 1, ...options }))
const one = (of: any): unknown => checked((w) => w.node("a", of))
const taking = (made: any): unknown => node({ permits: [made.take()] })

const each = <T>(names: Names<T>, give: (options: any) => unknown): Tries =>
  Object.fromEntries(Object.keys(names).map((name) => [name, (_: unknown, value: any) => give({ [name]: value })]))

const treatment = {
  retry: true,
  timeout: true,
  onExit: true,
  hooks: true,
  permits: true,
  hold: true,
  permitPriority: true,
  on: true,
  compensate: true
} as const

const ofTask: Names<mod.TaskOptions<any, any, any, any>> = {
  ...treatment,
  input: true,
  output: true,
  errors: true,
  services: true,
  description: true,
  cache: true,
  onCrash: true
}

/** What manifests keep is not for authors. */
const ofWorkflow: Names<Omit<AnyWorkflowOptions, "kept">> = {
  retry: true,
  permits: true,
  hold: true,
  permitPriority: true,
  input: true,
  output: true,
  errors: true,
  services: true,
  description: true,
  failFast: true,
  parallelism: true,
  timeout: true,
  gc: true,
  store: true,
  ttl: true,
  start: true,
  version: true,
  suspended: true,
  compensate: true,
  labels: true
}

const ofNode: Names<AnyOptions> = {
  ...treatment,
  needs: true,
  after: true,
  depends: true,
  when: true,
  continueOn: true,
  default: true,
  renamedFrom: true,
  description: true,
  cache: true,
  input: true,
  output: true,
  duration: true,
  key: true,
  concurrency: true,
  failFast: true,
  item: true
}

/** Definitions of every kind. */
export const ofAuthors: Readonly<Record<string, Tries>> = {
  task: {
    ...each(ofTask, (options) => one(mod.task("a", { run: () => 1, ...options }))),
    name: (_, value) => one(mod.task(value, { run: () => 1 })),
    options: (_, value) => one(mod.task("a", value)),
    run: (_, run) => one(mod.task("a", { run }))
  },
  workflow: {
    ...each(ofWorkflow, (options) => checked((w) => w.node("a", some, { input: 1 }), options)),
    name: (_, value) => mod.check(mod.workflow(value, {}, (w) => w.node("a", some, { input: 1 }))),
    options: (_, value) => checked((w) => w.node("a", some, { input: 1 }), value),
    build: (_, value) => mod.check(mod.workflow("a", {}, value)),
    returned: (_, value) => checked(() => value)
  },
  node: {
    ...each(ofNode, node),
    name: (_, value) => checked((w) => w.node(value, some, { input: 1 })),
    runnable: (_, value) => one(value),
    "all options": (_, value) => checked((w) => w.node("a", some, value))
  },
  map: {
    ...each(ofNode, (options) => checked((w) => w.map("a", [1], some, (it: number) => it, options))),
    name: (_, value) => checked((w) => w.map(value, [1], some, (it: number) => it)),
    items: (_, value) => checked((w) => w.map("a", value, some, (it: number) => it)),
    runnable: (_, value) => checked((w) => w.map("a", [1], value, (it: number) => it)),
    input: (_, value) => checked((w) => w.map("a", [1], some, value))
  },
  suspend: {
    ...each(ofNode, (options) => checked((w) => w.suspend("a", options))),
    name: (_, value) => checked((w) => w.suspend(value)),
    signal: (_, value) => checked((w) => w.suspend(mod.signal(value))),
    schema: (_, value) => checked((w) => w.suspend(mod.signal("a", value))),
    sleep: (_, value) => checked((w) => w.sleep(value, 1)),
    duration: (_, value) => checked((w) => w.sleep("a", value))
  },
  handlers: {
    onExit: (_, value) => checked((w) => void w.onExit(value)),
    hook: (_, value) => checked((w) => void w.on(value, () => {})),
    handler: (_, value) => checked((w) => void w.onExit(mod.handler(value, () => 1))),
    input: (_, value) => checked((w) => void w.onExit(mod.handler(some, value)))
  },
  conditions: {
    and: (_, value) => node({ depends: mod.and(value) }),
    or: (_, value) => node({ depends: mod.or(value, value) }),
    not: (_, value) => node({ depends: mod.not(value) }),
    outcome: (_, value) => checked((w) => w.node("a", some, { input: 1, after: [w.outcome(value)] })),
    secret: (_, value) => node({ input: mod.secret(value) })
  },
  semaphores: {
    name: (_, value) => taking(semaphore(value, { limit: 1 })),
    options: (_, value) => taking(semaphore("a", value)),
    limit: (_, limit) => taking(semaphore("a", { limit })),
    weight: (_, value) => node({ permits: [semaphore("a", { limit: 1 }).take(value)] }),
    mutex: (_, value) => taking(mod.mutex(value)),
    rate: (_, value) => taking(mod.rateLimit("a", value)),
    per: (_, per) => taking(mod.rateLimit("a", { limit: 1, per })),
    stored: (_, value) => taking(semaphore("a", { limit: mod.storedLimit(value) })),
    env: (_, value) => mod.limitFromEnv(value),
    file: (_, value) => mod.limitFromFile(value, value),
    url: (_, value) => mod.limitFromUrl("http://localhost", "a", value)
  },
  stores: {
    directory: (_, value) => diskStore(value),
    options: (_, value) => diskStore("odd", value)
  }
}
