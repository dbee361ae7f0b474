// deno-lint-ignore-file no-explicit-any -- definitions are erased
/** One task as a workflow of its own, so that the engine runs it in a container as it runs it anywhere else. */
import * as Schema from "effect/Schema"
import type { LiveTaskContext } from "../../engine/node/TaskContext.ts"
import type { AnyCodec, AnyTask, AnyWorkflow, NodeDef, Timeouts } from "../../workflow/Definition.ts"
import { SharedArtifacts } from "./SharedArtifacts.ts"

/** What is run, and as what its body sees itself. */
export interface Alone {
  readonly task: AnyTask
  readonly input: () => unknown
  readonly when: (() => boolean) | undefined
  readonly timeouts: Timeouts
  readonly path: string
  readonly attempt: number
  /** What must happen once is known by: the node's own text in any attempt. */
  readonly key: string
  /** The run of Argo. */
  readonly run: string
  /** Whether artifacts go to a store that all containers share. */
  readonly shares: boolean
}

const none = Schema.Void as unknown as AnyCodec

/** The only node. */
export const onlyNode = "body"

/** The workflow of one attempt: what else the task asks for is Argo's part. */
export const alone = (workflow: AnyWorkflow, it: Alone): AnyWorkflow => ({
  ...workflow,
  name: `${workflow.name}/${it.path}`,
  input: none,
  output: none,
  error: undefined,
  statesErrors: true,
  nodes: [nodeOf(it)],
  result: undefined,
  failFast: false,
  parallelism: Infinity,
  timeout: Infinity,
  retry: undefined,
  permits: undefined,
  start: undefined,
  retention: undefined,
  suspended: false,
  kept: undefined,
  labels: {},
  flow: undefined,
  onExit: undefined,
  hooks: {},
  mistakes: []
})

const nodeOf = (it: Alone): NodeDef => ({
  name: onlyNode,
  renamedFrom: [],
  kind: "task",
  description: undefined,
  runnable: taskOf(it),
  needs: {},
  after: [],
  depends: undefined,
  when: it.when,
  bind: it.input,
  continueOn: { failed: false, error: false },
  fallback: undefined,
  retry: undefined,
  timeouts: it.timeouts,
  permits: undefined,
  onExit: undefined,
  hooks: {},
  cache: false,
  map: undefined,
  suspend: undefined
})

const taskOf = ({ attempt, key, path, run, shares, task }: Alone): AnyTask => ({
  ...task,
  retry: undefined,
  onExit: undefined,
  hooks: {},
  permits: undefined,
  cache: undefined,
  on: undefined,
  compensate: undefined,
  run: (input, context) => {
    const shared = shares ? { artifacts: new SharedArtifacts(context as LiveTaskContext, { run, path, attempt }) } : {}
    return task.run(input, as(context, { attempt, node: path, key, ...shared }))
  }
})

/** The context of the body, with what it is in the run of Argo. */
const as = (context: any, own: Readonly<Record<string, unknown>>): unknown =>
  new Proxy(context, {
    get: (target, name) => {
      if (typeof name === "string" && Object.hasOwn(own, name)) return own[name]
      const value = target[name]
      // The log is a function with functions of its own, which knows its node.
      return typeof value === "function" && name !== "log" ? value.bind(target) : value
    }
  })
