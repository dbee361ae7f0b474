/** What of a node may be reused. */
import type { CacheDef } from "../../workflow/Cache.ts"
import type { AnyTask } from "../../workflow/Definition.ts"

/** The results of a task, as its node says. */
export interface Reuse {
  readonly def: CacheDef
  readonly task: AnyTask
}
