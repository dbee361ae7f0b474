/** A step or task where it is called. */
import type { LiveNode } from "../../engine/Interpreter.ts"
import type { Call } from "../document/Manifest.ts"
import type { Variables } from "../language/template/Variables.ts"
import type { Daemons } from "./Daemons.ts"
import type { Frame, RunBody } from "./Frame.ts"
import type { Turn } from "./loop.ts"

/** A call about to be made. */
export interface CallSite {
  /** The steps or DAG template that makes it. */
  readonly frame: Frame
  readonly daemons: Daemons
  readonly kind: "steps" | "tasks"
  readonly call: Call
  readonly live: LiveNode
  readonly path: string
  readonly name: string
  /** What the call can read. */
  readonly variables: Variables
  /** Whether a tag names an output that a node which never ran did not give. */
  readonly absent: (tag: string) => boolean
  readonly body: RunBody
  readonly turn?: Turn
  /** Full names of the tasks it depends on. */
  readonly after?: ReadonlyArray<string>
}
