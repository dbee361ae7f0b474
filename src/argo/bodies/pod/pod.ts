/** Containers and scripts: inputs in, a process, outputs out. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { LiveNode } from "../../../engine/Interpreter.ts"
import { type Exited, SpawnFailed, type Workspace } from "../../../process/Executor.ts"
import type { Script } from "../../document/Container.ts"
import type { Template } from "../../document/Manifest.ts"
import type { Substitution } from "../../language/template/substitute.ts"
import type { Frame } from "../../compile/Frame.ts"
import { mainContainer } from "./readiness.ts"
import { commandOf, deadlineOf } from "./command.ts"
import { withSidecars } from "./sidecars.ts"
import { placeInputs, withFiles } from "./files.ts"
import { missingCommand, missingIn } from "./missingCommand.ts"
import { logged } from "./log.ts"
import { collect, outputPaths } from "./outputs.ts"
import { errored, failed, type NodeResult, type Outputs, succeeded } from "../../values/Result.ts"

/**
 * Runs the process of a container or script template inside its node, and something beside it that sees the same files.
 */
export const runPod = (
  frame: Frame,
  live: LiveNode,
  beside: (workspace: Workspace) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<NodeResult> =>
  withFiles(frame, live, (template, files, how) => {
    const container = mainContainer(template)
    const workspace = files.open(container, "main")
    const main = runMain(frame, live, template, container, workspace, how, beside(workspace))
    const { initContainers = [], sidecars = [] } = template
    return initContainers.length + sidecars.length === 0 ? main : withSidecars(frame, live, template, files, main)
  })

const runMain = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  container: Script,
  workspace: Workspace,
  how: Substitution,
  beside: Effect.Effect<void>
): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const problem = yield* Effect.match(placeInputs(frame, workspace), {
      onSuccess: () => undefined,
      onFailure: ({ message }) => message
    })
    if (problem !== undefined) return errored(`init: Error (exit code 64): ${problem}`)
    const command = commandOf(frame, container, template.script !== undefined)
    const main = logged(live, (onOutput) => workspace.run({ ...command, onOutput }))
    const run = Effect.raceFirst(main, Effect.andThen(beside, Effect.never))
    const limit = deadlineOf(template)
    const limited = limit === undefined
      ? Effect.map(run, Option.some)
      : Effect.timeoutOption(run, Duration.millis(limit))
    const ended = yield* Effect.match(limited, { onSuccess: (exited) => exited, onFailure: (error) => error })
    if (ended instanceof SpawnFailed) return unstarted(ended, frame, container)
    if (Option.isNone(ended)) return failed("Pod was active on the node longer than the specified deadline")
    yield* workspace.fetch(outputPaths(template))
    return yield* resultOf(frame, live, template, workspace, ended.value, how)
  })

const unstarted = ({ message, notFound, system }: SpawnFailed, frame: Frame, container: Script): NodeResult => {
  const hint = notFound ? missingCommand(frame, container, commandOf(frame, container, false).argv[0]) : ""
  return (system ? errored : failed)(`main: Error (exit code 64): ${message}${hint}`, { exitCode: "64" })
}

/** The result of a node from the end of its main process. */
export const resultOf = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  workspace: Workspace,
  exited: Exited,
  how: Substitution
): Effect.Effect<NodeResult> =>
  Effect.map(collect(frame, live, template, workspace, how), ({ missing, outputs }) => {
    const all: Outputs = { ...outputs, exitCode: String(exited.code), ...(resultText(frame, exited)) }
    const hint = exited.code === 127
      ? missingCommand(frame, template.script ?? template.container ?? {}, missingIn(exited))
      : ""
    if (exited.code !== 0) return failed(`main: Error (exit code ${exited.code})${hint}`, all)
    if (missing.length > 0) return errored(`wait: Error (exit code 64): ${missing.join("; ")}`, all)
    return succeeded(all)
  })

/** Characters of a script's result that are kept for people where nothing reads it. */
const longestUnread = 4_096

const resultText = (frame: Frame, { stdout }: Exited): { readonly result?: string } => {
  const step = /([^.\])]+)(?:\([^()]*\))*$/.exec(frame.place.name)?.[1] ?? ""
  const result = stdout.replace(/\n$/, "")
  const isShown = frame.template.script !== undefined && result.length <= longestUnread
  const isMeasured = JSON.stringify(frame.metrics).includes("outputs.result")
  return isShown || isMeasured || frame.session.parts.readsResult(step) ? { result } : {}
}
