/** The turns of a looping call where it is made. */
import { substitute } from "../language/template/substitute.ts"
import { holds } from "../language/when/when.ts"
import type { CallSite } from "./CallSite.ts"
import { turnsOf } from "./loop.ts"

/** The turns of a loop, or why it has none. */
export const loopTurns = (
  site: CallSite
): { readonly turns: ReturnType<typeof turnsOf> } | { readonly skip: string } | { readonly error: unknown } => {
  const how = { variables: site.variables, now: site.frame.session.parts.now }
  try {
    const guard = guardWithoutItem(site)
    if (guard !== undefined) return { skip: guard }
    const turns = turnsOf(site.call, how)
    return turns.length === 0 ? { skip: "Skipped, empty params" } : { turns }
  } catch (error) {
    return { error }
  }
}

/** Whether a tag of the condition names the item. */
const readsItem = (condition: string): boolean =>
  condition.split("{{").slice(1).some((tag) => /\bitem\b/.test(tag.split("}", 1)[0]!))

/** A guard that reads no item and is false spares the loop its items. */
const guardWithoutItem = ({ call, frame, variables }: CallSite): string | undefined => {
  if (call.when === undefined || readsItem(call.when)) return undefined
  const condition = substitute(call.when, { variables, now: frame.session.parts.now })
  return holds(condition) ? undefined : `when '${condition}' evaluated false`
}
