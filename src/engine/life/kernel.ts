/** Ties the programs together: nodes run graphs, graphs run nodes. */
import { fireHook } from "../node/followers.ts"
import { launch } from "../node/launch.ts"
import type { Kernel } from "../Live.ts"
import { calledSpec, planNodeSpec } from "../node/spec.ts"

/** The programs of the engine. */
export const kernel: Kernel = { launch, fireHook, planNodeSpec, calledSpec }
