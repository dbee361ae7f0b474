/**
 * What is done again: in the same run, or in a new one. With `?plan` they only tell what that would be, and how long it
 * would take.
 */
import * as Effect from "effect/Effect"
import type { ManifestRetry } from "../../argo/commands/commands.ts"
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { CompensationPlan } from "../../engine/life/compensate.ts"
import { definitionOf } from "../../engine/life/definitions.ts"
import type { RetryPlan, RetryRequest } from "../../engine/life/resets.ts"
import { planCopy, type ResubmitRequest } from "../../engine/life/resubmit.ts"
import { readAgain } from "../../view/readAgain.ts"
import { sourceOf } from "../../view/RunSource.ts"
import { defineHere } from "../definitions.ts"
import { unversionedName } from "../../workflow/version.ts"
import { idByKey } from "../guard/Repeats.ts"
import { findRun } from "../reads.ts"
import { type Call, flagOf, nodeOf } from "./asked.ts"
import { BadRequest } from "./failed.ts"
import { decoded } from "./input.ts"

type Body = Readonly<Record<string, unknown>>

/** A retry; `parameters` asks for what the command does for runs of manifests, and may be empty. */
export const retry = async (run: RunHandle, body: Body, call: Call): Promise<unknown> => {
  await defineHere(call.site, run)
  const request = await requestOf(run, body, call)
  return flagOf(call.query, "plan") ? await estimated(run, await run.planRetry(request), call) : run.retry(request)
}

/** What an ended run did is undone. */
export const compensate = async (run: RunHandle, _: Body, call: Call): Promise<CompensationPlan> => {
  await defineHere(call.site, run)
  return flagOf(call.query, "plan") ? run.planCompensation() : run.compensate()
}

const requestOf = async (run: RunHandle, body: Body, call: Call): Promise<RetryRequest> => {
  const { parameters, ...rest } = body
  const given = await withInput(run, rest, call) as RetryRequest
  if (parameters === undefined) return given
  if (!isTexts(parameters)) throw new BadRequest('"parameters" are texts by their names')
  if ((await run.status()).kind !== "manifest") throw new BadRequest('"parameters" are of manifests: give "input"')
  const isEdited = Object.keys(parameters).length > 0
  if (given.nodes !== undefined) return isEdited ? { ...given, input: { parameters }, keepReaders: true } : given
  const { manifestRetry } = await import("../../argo/commands/commands.ts")
  const { selector: _, ...more } = given as RetryRequest & ManifestRetry
  const asked = { ...given, ...isEdited ? { parameters } : {} }
  return { ...more, ...await Effect.runPromise(manifestRetry(call.site.pinnace.engine, run.id, asked)) }
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((it) => typeof it === "string")

/** A new run of the same. */
export const resubmit = async (run: RunHandle, body: Body, call: Call): Promise<unknown> => {
  await defineHere(call.site, run)
  const request = await likeCommand(run, await withInput(run, body, call) as ResubmitRequest, call)
  if (!flagOf(call.query, "plan")) return (await run.resubmit({ ...await idOf(run, call), ...request })).status()
  return estimated(run, await Effect.runPromise(planCopy(call.site.pinnace.engine, run.id, request)), call)
}

/** What succeeded stays whatever the parameters of a manifest are, as with Argo; daemons run again. */
const likeCommand = async (run: RunHandle, request: ResubmitRequest, { site }: Call): Promise<ResubmitRequest> => {
  if (request.memoized !== true || (await run.status()).kind !== "manifest") return request
  const { resubmittedAlso } = await import("../../argo/commands/commands.ts")
  const also = await Effect.runPromise(resubmittedAlso(site.pinnace.engine, run.id))
  return { keepReaders: true, ...also, ...request }
}

/** A new run that keeps all but a node and what comes after it. */
export const fork = async (run: RunHandle, body: Body, call: Call): Promise<unknown> => {
  await defineHere(call.site, run)
  const { node: _, ...rest } = body
  const request = await withInput(run, rest, call) as ResubmitRequest
  if (!flagOf(call.query, "plan")) {
    return (await run.fork(nodeOf(body), { ...await idOf(run, call), ...request })).status()
  }
  return estimated(
    run,
    await Effect.runPromise(planCopy(call.site.pinnace.engine, run.id, request, nodeOf(body))),
    call
  )
}

/** The id of the new run, where its request has a key. */
const idOf = async (run: RunHandle, { request, who }: Call) =>
  idByKey(who, request, unversionedName((await run.status()).workflow))

/** The input comes as JSON, and the engine takes what that stands for. */
const withInput = async (run: RunHandle, body: Body, { site: { pinnace: { engine } } }: Call): Promise<Body> => {
  if (!("input" in body)) return body
  const row = (await findRun(engine, run.id))!
  const workflow = await Effect.runPromise(definitionOf(engine, row))
  // What is unknown here is refused by the engine, in its words.
  return typeof workflow === "string" ? body : { ...body, input: decoded(workflow, body["input"]) }
}

const estimated = async (run: RunHandle, plan: RetryPlan, { site }: Call): Promise<object> => {
  const estimate = await Effect.runPromise(readAgain(sourceOf(site.pinnace.engine), run.id, plan, site.now()))
  return estimate === undefined ? plan : { ...plan, estimate }
}
