/** Containers before and beside the main one. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { type Exited, SpawnFailed } from "../../../process/Executor.ts"
import type { Container } from "../../document/Container.ts"
import type { Template } from "../../document/Manifest.ts"
import type { Frame } from "../../compile/Frame.ts"
import { commandOf } from "./command.ts"
import type { PodFiles } from "./files.ts"
import { logged } from "./log.ts"
import { errored, failed, isBad, type NodeResult } from "../../values/Result.ts"

/** Runs init containers one after the other, then the main one with sidecars beside it, which end when it does. */
export const withSidecars = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  files: PodFiles,
  main: Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> =>
  Effect.scoped(Effect.gen(function* () {
    const run = (container: Container): Effect.Effect<Exited | SpawnFailed> =>
      runContainer(frame, live, files, container)
    for (const container of template.initContainers ?? []) {
      const problem = problemOf(container, yield* run(container))
      if (problem !== undefined) return errored(problem)
    }
    const beside = yield* Effect.forEach(template.sidecars ?? [], (container) =>
      Effect.map(Effect.forkScoped(run(container), { startImmediately: true }), (fiber) => ({ container, fiber })))
    const result = yield* main
    const problems = beside.flatMap(({ container, fiber }) =>
      endedBadly(container, fiber) ?? []
    )
    return problems.length === 0 || isBad(result) ? result : failed(problems.join("; "), result.outputs)
  }))

/** Runs one container of a pod in a workspace of its own; never fails. */
export const runContainer = (
  frame: Frame,
  live: LiveNode,
  files: PodFiles,
  container: Container
): Effect.Effect<Exited | SpawnFailed> =>
  Effect.suspend(() => {
    const workspace = files.open(container, container.name ?? "container")
    const command = commandOf(frame, container, false)
    const run = logged(live, (onOutput) => workspace.run({ ...command, onOutput }))
    return Effect.match(run, { onSuccess: (exited) => exited, onFailure: (error) => error })
  })

const problemOf = ({ name }: Container, ended: Exited | SpawnFailed): string | undefined => {
  if (ended instanceof SpawnFailed) return `${name}: Error (exit code 64): ${ended.message}`
  return ended.code === 0 ? undefined : `${name}: Error (exit code ${ended.code})`
}

/** A sidecar may be killed; ending badly by itself fails the node. */
const endedBadly = (container: Container, fiber: Fiber.Fiber<Exited | SpawnFailed>): string | undefined => {
  const exit = fiber.pollUnsafe()
  if (exit === undefined || exit._tag === "Failure") return undefined
  const killed = !(exit.value instanceof SpawnFailed) && (exit.value.code === 137 || exit.value.code === 143)
  return killed ? undefined : problemOf(container, exit.value)
}
