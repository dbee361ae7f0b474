/** A step or task: its guard, its turns when it loops, its template, its hooks and exit handler. */
import * as Effect from "effect/Effect"
import type { Found } from "../document/Library.ts"
import type { Call } from "../document/Manifest.ts"
import { substitute } from "../language/template/substitute.ts"
import type { Variables } from "../language/template/Variables.ts"
import { holds } from "../language/when/when.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { resolveArguments } from "../values/arguments.ts"
import type { CallSite } from "./CallSite.ts"
import { withHooks } from "./hooks.ts"
import { nodeId } from "./naming.ts"
import { metaOf, type Place, runNode } from "./node.ts"
import { isBad, type NodeResult } from "../values/Result.ts"
import type { Ended } from "../values/results.ts"
import { brokenNode, runTemplate } from "./template.ts"

/** The template that a call names; throws BadArgument. */
export const calledTemplate = ({ call, frame, variables }: CallSite): Found => {
  const { library } = frame.session.parts
  const how = { variables, now: frame.session.parts.now }
  const named = call.template === undefined ? call : { ...call, template: substitute(call.template, how) }
  const found = library.called(frame.owner, named) ?? library.called(frame.session.parts.source, named)
  if (found !== undefined) return found
  throw new BadArgument(`template name '${named.template ?? named.templateRef?.template ?? ""}' undefined`)
}

/** Makes one call, or one turn of a loop; never fails. */
export const makeCall = (site: CallSite): Effect.Effect<NodeResult> =>
  Effect.suspend(() => {
    const { call, frame: { session }, kind } = site
    const place = placeOf(site)
    const own = [[`${kind}.name`, call.name ?? ""] as const, ...site.turn?.variables ?? []]
    const variables = site.variables.with([...session.changing, ...own])
    const how = { variables, now: session.parts.now }
    try {
      const condition = call.when === undefined ? "" : substitute(call.when, how)
      if (!holds(condition)) return skipped(site, place, `when '${condition}' evaluated false`)
      const found = calledTemplate({ ...site, variables })
      const args = resolveArguments(call.arguments, how, site.absent, session.parts.stores, found.template)
      const node = site.boundary.pass(
        runTemplate(session, place, found, args, passedOn(session.variables, own), site.body)
      )
      return withHooks({ ...site, variables }, place, found, node)
    } catch (error) {
      return brokenNode(session, place, call.template ?? "", error)
    }
  })

/** Templates see the run's variables and the name of their step, not what is around the call. */
const passedOn = (globals: Variables, own: ReadonlyArray<readonly [string, string]>): Variables =>
  globals.with(own.filter(([name]) => name.endsWith(".name")))

const placeOf = ({ after, boundary, call, frame, live, name, path }: CallSite): Place => ({
  live,
  path,
  name,
  boundary: frame.place.name,
  handler: undefined,
  depth: frame.place.depth + 1,
  keeper: boundary,
  ...(after === undefined ? {} : { after }),
  ...(call.templateRef === undefined
    ? {}
    : { reference: { name: call.templateRef.name ?? "", template: call.templateRef.template ?? "" } })
})

/** A node that is shown but never ran. */
export const skipped = (
  site: CallSite,
  place: Place,
  message: string,
  phase: "Skipped" | "Omitted" = "Skipped"
): Effect.Effect<NodeResult> =>
  runNode(
    site.frame.session,
    place,
    metaOf(place, "Skipped", site.call.template ?? ""),
    { as: "composite" },
    () => Effect.succeed({ phase, message })
  )

/** The place of a whole call. */
export const sitePlace = placeOf

/** A result with the id its node has. */
export const endedAs = (site: CallSite, result: NodeResult): Ended => ({
  result,
  id: nodeId(site.frame.session.parts.name, site.name)
})

/** Whether a failure of this call may be ignored by what is around it. */
export const continues = (call: Call, result: NodeResult): boolean =>
  !isBad(result) || (result.phase === "Error" ? call.continueOn?.error === true : call.continueOn?.failed === true)
