/** Several containers in one node, ordered by what they depend on. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { type LiveNode, pathOf } from "../../../engine/Interpreter.ts"
import { type Exited, SpawnFailed } from "../../../process/Executor.ts"
import { durationFrom, wholeFrom } from "../../document/amounts.ts"
import type { Container, ContainerSet } from "../../document/Container.ts"
import type { Template } from "../../document/Manifest.ts"
import type { Substitution } from "../../language/template/substitute.ts"
import { runContainer } from "./sidecars.ts"
import type { Frame } from "../../compile/Frame.ts"
import { metaOf, type Place, runNode } from "../../compile/node.ts"
import { resultOf } from "./pod.ts"
import { outputPaths } from "./outputs.ts"
import { placeInputs, type PodFiles, withFiles } from "./files.ts"
import { errored, failed, isBad, type NodeResult, succeeded } from "../../values/Result.ts"

type Member = NonNullable<ContainerSet["containers"]>[number]

/** Runs a container set inside its node; inputs and outputs go through its container `main`. */
export const runContainerSet = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  withFiles(frame, live, (template, files, how) => {
    const members = template.containerSet?.containers ?? []
    const main = members.find(({ name }) => name === "main")
    const ends = new Map(
      members.map((
        { name = "" }
      ) => [name, { done: Deferred.makeUnsafe<NodeResult>(), exited: undefined as Exited | undefined }])
    )
    const all = Effect.forEach(members, (member) => runMember(frame, live, template, files, member, ends), {
      concurrency: "unbounded"
    })
    const work = Effect.flatMap(all, (results) => verdict(frame, live, template, files, main, results, ends, how))
    if (main === undefined) return work
    return Effect.matchEffect(placeInputs(frame, files.open(main, "main")), {
      onSuccess: () => work,
      onFailure: ({ message }) => Effect.succeed(errored(`init: Error (exit code 64): ${message}`))
    })
  })

interface End {
  readonly done: Deferred.Deferred<NodeResult>
  exited: Exited | undefined
}

type Ends = ReadonlyMap<string, End>

const runMember = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  files: PodFiles,
  member: Member,
  ends: Ends
): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const own = ends.get(member.name ?? "")!
    let work = (node: LiveNode): Effect.Effect<NodeResult> => attempts(frame, node, template, files, member, own)
    for (const name of member.dependencies ?? []) {
      const before = yield* Deferred.await(ends.get(name)!.done)
      const refused = errored(`dependency "${name}" exited with non-zero code: ${before.outputs?.exitCode}`, {
        exitCode: "64"
      })
      if (isBad(before)) work = () => Effect.succeed(refused)
    }
    const result = yield* asNode(frame, live, member, work)
    yield* Deferred.succeed(own.done, result)
    return result
  })

const asNode = (
  frame: Frame,
  live: LiveNode,
  { name = "" }: Member,
  work: (live: LiveNode) => Effect.Effect<NodeResult>
): Effect.Effect<NodeResult> => {
  const { place, session } = frame
  const at: Place = {
    ...place,
    live,
    path: pathOf(live, name),
    name: `${place.name}.${name}`,
    boundary: place.name,
    handler: undefined,
    after: []
  }
  return runNode(session, at, metaOf(at, "Container", frame.template.name ?? ""), { as: "work" }, work)
}

const attempts = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  files: PodFiles,
  member: Container,
  own: End
): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const { duration = "", retries = "1" } = template.containerSet?.retryStrategy ?? {}
    const most = Math.max(1, wholeFrom("containerSet.retryStrategy.retries", retries))
    const pause = duration === "" ? 0 : durationFrom("containerSet.retryStrategy.duration", duration)
    for (let number = 1;; number++) {
      const ended = yield* runContainer(frame, live, files, member)
      if (ended instanceof SpawnFailed) return errored(`failed to start: ${ended.message}`, { exitCode: "64" })
      if (ended.code === 0 || number >= most) {
        own.exited = ended
        const outputs = { exitCode: String(ended.code) }
        return ended.code === 0 ? succeeded(outputs) : failed(`Error (exit code ${ended.code})`, outputs)
      }
      yield* Effect.sleep(pause)
    }
  })

const verdict = (
  frame: Frame,
  live: LiveNode,
  template: Template,
  files: PodFiles,
  main: Member | undefined,
  results: ReadonlyArray<NodeResult>,
  ends: Ends,
  how: Substitution
): Effect.Effect<NodeResult> => {
  const bad = results.findIndex(isBad)
  const name = template.containerSet?.containers?.[bad]?.name
  if (bad >= 0) return Effect.succeed(failed(`${name}: ${results[bad]!.message ?? "failed"}`, results[bad]!.outputs))
  if (main === undefined) return Effect.succeed(succeeded())
  const exited = ends.get("main")?.exited ?? { code: 0, stdout: "", stderr: "", cut: false }
  const workspace = files.open(main, "main")
  return Effect.andThen(
    workspace.fetch(outputPaths(template)),
    resultOf(frame, live, template, workspace, exited, how)
  )
}
