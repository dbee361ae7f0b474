/** Everything `launch` must know to run one node: where it stands, what it runs, and the rules around it. */
import type * as Effect from "effect/Effect"
import type { NodeKind } from "../run/Event.ts"
import type { AnyCodec, HandlerDef, HooksDef, OnCrash, Timeouts } from "../workflow/Definition.ts"
import type { Retry } from "../workflow/Retry.ts"
import type { LiveNode } from "./LiveNode.ts"
import type { NodeEnd } from "./NodeEnd.ts"

/** One attempt: its number and the instant at which it will be cut off. */
export interface Attempt {
  readonly number: number
  /** Milliseconds since the epoch, or `Infinity`. */
  readonly deadline: number
}

/** A node's work with its input bound; `text` is the encoded input, recorded at the start. */
export interface Work {
  readonly text: string
  readonly attempt: (live: LiveNode, attempt: Attempt) => Effect.Effect<NodeEnd>
}

/** A node about to run. */
export interface NodeSpec {
  readonly path: string
  readonly kind: NodeKind
  /** A leaf takes an attempt slot and is interrupted by `stop`; composites pass `stop` on and end by themselves. */
  readonly leaf: boolean
  /** Whether its work is only to run children. */
  readonly composite: boolean
  readonly handler: boolean
  readonly retry: Retry | undefined
  readonly timeouts: Timeouts
  readonly onCrash: OnCrash
  readonly output: AnyCodec
  readonly error: AnyCodec | undefined
  readonly onExit: HandlerDef | undefined
  readonly hooks: HooksDef
  /** Binds the input: from the recorded text when the node began earlier, else from its mapping. May throw. */
  readonly bind: (recorded: string | undefined) => Work
}
