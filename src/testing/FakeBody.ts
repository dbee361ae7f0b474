// deno-lint-ignore-file no-explicit-any -- any task can be replaced
/** What replaces the body of a task in tests. */
import type * as Effect from "effect/Effect"
import type { Runnable } from "../workflow/Runnable.ts"
import type { TaskContext } from "../workflow/TaskContext.ts"

/** A body that replaces another one. */
export type FakeBody<I, O> = (input: I, context: TaskContext) => O | Promise<O> | Effect.Effect<O, unknown>

/** A task whose body can be replaced, whatever services it needs. */
export type Replaceable<I, O, E> = Runnable<I, O, E, any> & { readonly _tag: "Task" }
