/** `RunExists` as the Promise API throws it. */
import { RunExists as Taken } from "../engine/EngineError.ts"
import type { RunHandle } from "./RunHandle.ts"

/** A run id is taken by a run of another workflow or with another input: `run` is the handle of that run. */
export type RunExists = Omit<Taken, "run" | "with"> & { readonly run: RunHandle }

/** The class of the error, for `instanceof`. */
export const RunExists: abstract new (...args: never) => RunExists = Taken as never
