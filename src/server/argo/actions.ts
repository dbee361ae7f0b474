/**
 * What can be done about a workflow: retry, resubmit, stop, terminate, suspend, resume, set. Each answers with the
 * workflow.
 */
import * as Effect from "effect/Effect"
import {
  resubmittedAlso,
  resumeManifest,
  retryManifest,
  setManifestNode,
  stopManifestNodes
} from "../../argo/commands/commands.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import { CurrentActor } from "../../engine/actor.ts"
import type { Answer } from "../../engine/control/Answer.ts"
import type { RunView } from "../../run/view.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { answerRun, bodyOf, type Call, runNamed } from "./asked.ts"
import { defineHere } from "../definitions.ts"
import { GrpcError } from "./grpc.ts"
import { generatedName } from "./identity.ts"
import { asObject } from "./specs.ts"

type Body = Readonly<Record<string, unknown>>

interface Target {
  readonly site: Site
  readonly run: RunHandle
  readonly status: RunView
}

/** Does something; answers the id of another run, if one was made. */
type Act = (target: Target, body: Body) => Promise<string | void>

const action = (name: string, act: Act): Route<Site> => ({
  method: "PUT",
  pattern: `/api/v1/workflows/:ns/:name/${name}`,
  acts: true,
  answer: async (call) => perform(call, await runNamed(call, call.params["name"]!), act)
})

/** Does it, and answers with the workflow as it is then. */
export const perform = async (call: Call, run: RunHandle, act: Act): Promise<Response> => {
  const body = await bodyOf(call)
  const status = await run.status()
  return answerRun(call, await act({ site: call.site, run, status }, body) ?? run.id)
}

const selectorOf = ({ nodeFieldSelector }: Body): string | undefined =>
  typeof nodeFieldSelector === "string" && nodeFieldSelector !== "" ? nodeFieldSelector : undefined

const textOf = (value: unknown): string | undefined => typeof value === "string" && value !== "" ? value : undefined

/** `["k=v"]` as a record. */
export const parametersOf = (value: unknown): Readonly<Record<string, string>> | undefined => {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return Object.fromEntries(value.map((it) => {
    const at = String(it).indexOf("=")
    if (at <= 0) {
      throw new GrpcError(
        "InvalidArgument",
        `expected parameter of the form: NAME=VALUE. Received: ${String(it).slice(0, 100)}`
      )
    }
    return [String(it).slice(0, at), String(it).slice(at + 1)]
  }))
}

/** Runs the failed part again. */
export const retry: Act = async (target, body) => {
  const { run, site, status } = target
  if (status.phase !== "Failed" && status.phase !== "Error") {
    throw new GrpcError("FailedPrecondition", "workflow must be Failed/Error to retry")
  }
  await defineHere(site, run)
  if (status.kind !== "manifest") return void await run.retry()
  const parameters = parametersOf(body["parameters"])
  const selector = selectorOf(body)
  await done(
    site,
    retryManifest(site.pinnace.engine, run.id, {
      ...(body["restartSuccessful"] === true ? { restartSuccessful: true } : {}),
      ...(selector === undefined ? {} : { selector }),
      ...(parameters === undefined ? {} : { parameters: { ...await givenTo(target), ...parameters } })
    })
  )
}

/** Does something in the name of whoever asks. */
const done = <A, E>({ by }: Site, act: Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(by === undefined ? act : Effect.provideService(act, CurrentActor, by))

/** Starts a new run of the same. */
export const resubmit: Act = async (target, { memoized, parameters: given }) => {
  const { run, site, status } = target
  await defineHere(site, run)
  const parameters = parametersOf(given)
  const isMemoized = memoized === true
  const made = await run.resubmit({
    id: await freeName(site, `${run.id.replace(/-[a-z0-9]{5}$/, "")}-`),
    labels: status.labels,
    ...(isMemoized ? { memoized: true } : {}),
    ...(isMemoized && status.kind === "manifest"
      ? await Effect.runPromise(resubmittedAlso(site.pinnace.engine, run.id))
      : {}),
    ...(parameters === undefined
      ? {}
      : { input: { parameters: { ...await givenTo(target), ...parameters } }, keepReaders: true })
  })
  return made.id
}

/** A name that no run has. */
export const freeName = async (site: Site, prefix: string): Promise<string> => {
  const name = generatedName(prefix)
  return await site.pinnace.get(name) === undefined ? name : freeName(site, prefix)
}

/** The parameters that a run was started with. */
const givenTo = async ({ run }: Target): Promise<Readonly<Record<string, string>>> => {
  for await (const { event } of run.events()) {
    const input = "input" in event ? asObject(event.input) : {}
    return asObject(input["parameters"]) as Readonly<Record<string, string>>
  }
  return {}
}

const stop: Act = async ({ run, site }, body) => {
  const selector = selectorOf(body)
  const message = textOf(body["message"])
  if (selector === undefined) return accepted(await run.stop(message))
  await done(site, stopManifestNodes(site.pinnace.engine, run.id, selector, message))
}

const resume: Act = async ({ run, site, status }, body) => {
  if (status.kind === "manifest") {
    return done(site, resumeManifest(site.pinnace.engine, run.id, selectorOf(body)))
  }
  accepted(await run.resume())
}

const set: Act = async ({ run, site, status }, body) => {
  if (status.kind !== "manifest") throw new GrpcError("FailedPrecondition", "only nodes of manifests can be set")
  const phase = textOf(body["phase"])
  const message = textOf(body["message"])
  const parameters = outputsOf(textOf(body["outputParameters"]))
  const resumption = {
    ...(phase === undefined ? {} : { phase }),
    ...(message === undefined ? {} : { message }),
    ...(parameters === undefined ? {} : { parameters })
  }
  await done(site, setManifestNode(site.pinnace.engine, run.id, resumption as never, selectorOf(body)))
}

const outputsOf = (text: string | undefined): Body | undefined => {
  if (text === undefined) return undefined
  try {
    return asObject(JSON.parse(text))
  } catch {
    throw new GrpcError("InvalidArgument", "outputParameters is not a string that holds a JSON object")
  }
}

/** Throws what the engine refused. */
const accepted = ({ message, ok }: Answer): void => {
  if (!ok) throw new GrpcError("FailedPrecondition", message)
}

/** The routes. */
export const actionRoutes: ReadonlyArray<Route<Site>> = [
  action("retry", retry),
  action("resubmit", resubmit),
  action("stop", stop),
  action("terminate", async ({ run }) => accepted(await run.terminate())),
  action("suspend", async ({ run }) => accepted(await run.suspend())),
  action("resume", resume),
  action("set", set)
]
