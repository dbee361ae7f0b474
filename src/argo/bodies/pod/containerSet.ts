/** Several containers in one node, ordered by what they depend on. */
import * as Effect from "effect/Effect"
import type { LiveNode, NodeSpec } from "../../../engine/Interpreter.ts"
import { type Exited, SpawnFailed } from "../../../process/Executor.ts"
import { durationFrom, wholeFrom } from "../../document/amounts.ts"
import type { Container, ContainerSet } from "../../document/Container.ts"
import type { Template } from "../../document/Manifest.ts"
import type { Substitution } from "../../language/template/substitute.ts"
import { runContainer } from "./sidecars.ts"
import type { Frame } from "../../compile/Frame.ts"
import { metaOf, nodeAt, pathOf, type Place } from "../../compile/node.ts"
import { edgesOf, runUnits, Unit } from "../../compile/Unit.ts"
import { resultOf } from "./pod.ts"
import { outputPaths } from "./outputs.ts"
import { placeInputs, type PodFiles, withFiles } from "./files.ts"
import { errored, failed, isBad, messageOf, type NodeResult, succeeded } from "../../values/Result.ts"

type Member = NonNullable<ContainerSet["containers"]>[number]

/** Runs a container set inside its node; inputs and outputs go through its container `main`. */
export const runContainerSet = (frame: Frame, live: LiveNode): Effect.Effect<NodeResult> =>
  withFiles(frame, live, (template, files, how) => {
    const members = template.containerSet?.containers ?? []
    const main = members.find(({ name }) => name === "main")
    const exits: Exits = new Map()
    const set = { frame, live, template, files, exits }
    const work = Effect.flatMap(runMembers(set, members), (results) => verdict(set, main, results, how))
    if (main === undefined) return work
    return Effect.matchEffect(placeInputs(frame, files.open(main, "main")), {
      onSuccess: () => work,
      onFailure: ({ message }) => Effect.succeed(errored(`init: Error (exit code 64): ${message}`))
    })
  })

/** How the processes ended that ran in this life. */
type Exits = Map<string, Exited>

/** A set while it runs. */
interface RunningSet {
  readonly frame: Frame
  readonly live: LiveNode
  readonly template: Template
  readonly files: PodFiles
  readonly exits: Exits
}

const runMembers = (set: RunningSet, members: ReadonlyArray<Member>): Effect.Effect<ReadonlyArray<NodeResult>> => {
  const { live } = set
  const units = new Map<string, Unit>()
  for (const member of members) {
    const at = placeOf(set, member)
    units.set(member.name ?? "", new Unit(at, () => memberNode(set, at, member, units)))
  }
  const edges = edgesOf(members.map(({ dependencies = [], name = "" }) => ({ name, after: dependencies })))
  const all = [...units.values()]
  return Effect.map(
    runUnits(live, all, { edges, room: Infinity, failFast: false }),
    ({ halted }) => all.map((unit) => unit.result(live) ?? failed(messageOf(halted, undefined, "Container") ?? ""))
  )
}

const placeOf = ({ frame: { place }, live }: RunningSet, { name = "" }: Member): Place => ({
  ...place,
  live,
  path: pathOf(live, name),
  name: `${place.name}.${name}`,
  boundary: place.name,
  handler: undefined,
  after: []
})

const memberNode = (set: RunningSet, at: Place, member: Member, units: ReadonlyMap<string, Unit>): NodeSpec => {
  const { frame, live } = set
  const before = (name: string): NodeResult => units.get(name)?.result(live) ?? failed("")
  const broken = member.dependencies?.find((name) => isBad(before(name)))
  const work = (node: LiveNode): Effect.Effect<NodeResult> => attempts(set, node, member)
  const refused = (name: string): Effect.Effect<NodeResult> =>
    Effect.succeed(
      errored(`dependency "${name}" exited with non-zero code: ${before(name).outputs?.exitCode}`, { exitCode: "64" })
    )
  const meta = metaOf(at, "Container", frame.template.name ?? "")
  return nodeAt(frame.session, at, meta, { as: "work" }, broken === undefined ? work : () => refused(broken))
}

const attempts = (
  { exits, files, frame, template }: RunningSet,
  live: LiveNode,
  member: Container
): Effect.Effect<NodeResult> =>
  Effect.gen(function* () {
    const { duration = "", retries = "1" } = template.containerSet?.retryStrategy ?? {}
    const most = Math.max(1, wholeFrom("containerSet.retryStrategy.retries", retries))
    const pause = duration === "" ? 0 : durationFrom("containerSet.retryStrategy.duration", duration)
    for (let number = 1;; number++) {
      const ended = yield* runContainer(frame, live, files, member)
      if (ended instanceof SpawnFailed) return errored(`failed to start: ${ended.message}`, { exitCode: "64" })
      if (ended.code === 0 || number >= most) {
        exits.set(member.name ?? "", ended)
        const outputs = { exitCode: String(ended.code) }
        return ended.code === 0 ? succeeded(outputs) : failed(`Error (exit code ${ended.code})`, outputs)
      }
      yield* Effect.sleep(pause)
    }
  })

const verdict = (
  { exits, files, frame, live, template }: RunningSet,
  main: Member | undefined,
  results: ReadonlyArray<NodeResult>,
  how: Substitution
): Effect.Effect<NodeResult> => {
  const bad = results.findIndex(isBad)
  const name = template.containerSet?.containers?.[bad]?.name
  if (bad >= 0) return Effect.succeed(failed(`${name}: ${results[bad]!.message ?? "failed"}`, results[bad]!.outputs))
  if (main === undefined) return Effect.succeed(succeeded())
  const exited = exits.get("main") ?? { code: 0, stdout: "", stderr: "", cut: false }
  const workspace = files.open(main, "main")
  return Effect.andThen(
    workspace.fetch(outputPaths(template)),
    resultOf(frame, live, template, workspace, exited, how)
  )
}
