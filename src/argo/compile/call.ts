/** A step or task: its guard, its turns when it loops, its template, its hooks and exit handler. */
import type { NodeSpec } from "../../engine/Interpreter.ts"
import type { Found } from "../document/Library.ts"
import type { Call, Template } from "../document/Manifest.ts"
import { substitute, type Substitution } from "../language/template/substitute.ts"
import type { Variables } from "../language/template/Variables.ts"
import { isTrue } from "../language/when/when.ts"
import { BadArgument } from "../document/BadArgument.ts"
import { resolveArguments } from "../values/arguments.ts"
import type { CallSite } from "./CallSite.ts"
import { Unit } from "./Unit.ts"
import { followed } from "./hooks.ts"
import { turnsOf } from "./loop.ts"
import { nodeId } from "./naming.ts"
import { brokenNode, endedNode, type Place } from "./node.ts"
import { isBad, type NodeResult } from "../values/Result.ts"
import { loopVariables, resultVariables } from "../values/results.ts"
import { templateNode } from "./template.ts"

const how = ({ frame, variables }: CallSite): Substitution => ({ variables, now: frame.session.parts.now })

/** The template that a call names; throws BadArgument. */
const calledTemplate = (site: CallSite): Found => {
  const { call, frame: { owner, session: { parts } } } = site
  const named = call.template === undefined ? call : { ...call, template: substitute(call.template, how(site)) }
  const found = parts.library.called(owner, named) ?? parts.library.called(parts.source, named)
  if (found !== undefined) return found
  throw new BadArgument(`template name '${named.template ?? named.templateRef?.template ?? ""}' undefined`)
}

/** The same, or `undefined` when there is none. */
export const templateOf = (site: CallSite): Template | undefined => {
  try {
    return calledTemplate(site).template
  } catch {
    return undefined
  }
}

/** The node of one call, or of one turn of a loop. */
export const callNode = (site: CallSite): NodeSpec => {
  const { call, frame: { session }, kind } = site
  const own = [[`${kind}.name`, call.name ?? ""] as const, ...site.turn?.variables ?? []]
  const inner = { ...site, variables: site.variables.with([...session.changing, ...own]) }
  const place = placeOf(site)
  try {
    const guard = falseGuard(inner)
    if (guard !== undefined) return endedNode(session, place, call.template ?? "", skipped(guard))
    const found = calledTemplate(inner)
    const args = resolveArguments(call.arguments, how(inner), site.absent, session.parts.stores, found.template)
    const node = templateNode(session, place, found, args, passedOn(session.variables, own), site.body)
    return followed(inner, place, found, node)
  } catch (error) {
    return brokenNode(session, place, call.template ?? "", error)
  }
}

const falseGuard = (site: CallSite): string | undefined => {
  if (site.call.when === undefined) return undefined
  const condition = substitute(site.call.when, how(site))
  return isTrue(condition) ? undefined : `when '${condition}' evaluated false`
}

const skipped = (message: string): NodeResult => ({ phase: "Skipped", message })

/** The turns of a looping call, or the node that stands for it when it has none; `prefix` begins their paths. */
export const turnsAt = (site: CallSite, prefix: string): ReadonlyArray<Unit> | NodeSpec => {
  const { call, frame: { session } } = site
  const { template = "" } = call
  try {
    // A guard that reads no item and is false spares the loop its items.
    const guard = readsItem(call.when ?? "") ? undefined : falseGuard(site)
    if (guard !== undefined) return endedNode(session, placeOf(site), template, skipped(guard))
    const turns = turnsOf(call, how(site))
    if (turns.length === 0) return endedNode(session, placeOf(site), template, skipped("Skipped, empty params"))
    return turns.map((turn) => {
      const one = { ...site, turn, path: `${prefix}${turn.index}`, name: `${site.name}${turn.suffix}` }
      return new Unit(one, () => callNode(one))
    })
  } catch (error) {
    return brokenNode(session, placeOf(site), template, error)
  }
}

/** Whether a tag of the condition names the item. */
const readsItem = (condition: string): boolean =>
  condition.split("{{").slice(1).some((tag) => /\bitem\b/.test(tag.split("}", 1)[0]!))

/** Templates see the run's variables and the name of their step, not what is around the call. */
const passedOn = (globals: Variables, own: ReadonlyArray<readonly [string, string]>): Variables =>
  globals.with(own.filter(([name]) => name.endsWith(".name")))

/** The place of a call. */
export const placeOf = ({ after, call, daemons, frame, live, name, path }: CallSite): Place => ({
  live,
  path,
  name,
  boundary: frame.place.name,
  handler: undefined,
  depth: frame.place.depth + 1,
  keeper: daemons,
  ...(after === undefined ? {} : { after }),
  ...(call.templateRef === undefined
    ? {}
    : { reference: { name: call.templateRef.name ?? "", template: call.templateRef.template ?? "" } })
})

/** The variables that a call which has ended gives to those after it; for a loop by the results of its turns. */
export const variablesOf = (
  site: CallSite,
  given: NodeResult | ReadonlyArray<NodeResult>,
  whole?: NodeResult
): ReadonlyArray<readonly [string, string | null]> => {
  const prefix = `${site.kind}.${site.call.name}`
  const id = nodeId(site.frame.session.parts.name, site.name)
  if (!isList(given)) return resultVariables(prefix, { id, result: given }, templateOf(site))
  const result = whole ?? given.findLast(isBad) ?? given.find(({ phase }) => phase === "Succeeded") ?? given[0]!
  return loopVariables(prefix, { id, result }, given)
}

const isList = (given: NodeResult | ReadonlyArray<NodeResult>): given is ReadonlyArray<NodeResult> =>
  Array.isArray(given)

/** Whether a failure of this call may be ignored by what is around it. */
export const continues = (call: Call, result: NodeResult): boolean =>
  !isBad(result) || (result.phase === "Error" ? call.continueOn?.error === true : call.continueOn?.failed === true)
