/**
 * Templates whose results are reused by what they are made of: those with the annotation `pinnace/cache: auto`. Pure.
 *
 * What a command reads besides its template and its inputs is not seen, so templates that name such a thing are not
 * reused: volumes, ConfigMaps, files that a store keeps for each run.
 */
import { canonical, digestText } from "../../reuse/key.ts"
import { impliesCache } from "../../workflow/Cache.ts"
import type { Json } from "../../run/Event.ts"
import { substitute } from "../language/template/substitute.ts"
import { type Frame, substitution } from "./Frame.ts"

/** The annotation of a template. */
const cacheAnnotation = "pinnace/cache"

/** Whether a template says so; in the loop in which they are developed those do that do not say otherwise. */
export const isAuto = ({ annotations, container, containerSet, script }: Frame["template"]): boolean => {
  const said = annotations?.[cacheAnnotation]
  if (said !== undefined || !impliesCache()) return said === "auto"
  return [container, containerSet, script].some((it) => it !== undefined)
}

/** The name under which results of such a template are remembered, and their key; nothing where they are not. */
export const autoMemo = (frame: Frame): { readonly cacheName: string; readonly key: string } | undefined => {
  const { bound, session: { parts }, template } = frame
  if (!isAuto(template) || !isTold(frame)) return undefined
  const { annotations: _a, memoize: _m, name = "", retryStrategy: _r, synchronization: _s, ...rest } = template
  const { activeDeadlineSeconds: _d, timeout: _t, parallelism: _p, ...made } = rest
  const text = JSON.stringify(made)
  const whole = {
    made: text,
    values: valuesIn(frame, text),
    parameters: bound.inputs.parameters ?? [],
    given: parts.given,
    executor: parts.capabilities.executor ?? "auto"
  }
  return { cacheName: `auto/${name}`, key: digestText(canonical(whole as unknown as Json)) }
}

/** Whether all that its command reads can be told from the template. */
const isTold = ({ bound, template }: Frame): boolean => {
  const { container, containerSet, daemon, script } = template
  if (daemon === true || [container, containerSet, script].every((it) => it === undefined)) return false
  if ([...bound.artifacts.values()].some(({ raw }) => raw === undefined)) return false
  return !/"(?:volumeMounts|volumes|envFrom|configMapKeyRef)":/.test(JSON.stringify(template))
}

/** What the expressions of a template stand for; one that cannot be told yet stands for itself. */
const valuesIn = (frame: Frame, text: string): ReadonlyArray<string> =>
  [...new Set(text.match(/\{\{.*?\}\}/g) ?? [])].map((expression) => {
    try {
      return substitute(JSON.parse(`"${expression}"`) as string, substitution(frame))
    } catch {
      return expression
    }
  })
