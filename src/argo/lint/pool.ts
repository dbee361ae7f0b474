/** Rules about the pool that a template names. */
import { didYouMean } from "../document/decode/didYouMean.ts"
import { withTemplateDefaults } from "../document/merge.ts"
import { isPlaceable, poolLabel, poolNamed, unplaceable } from "../compile/pool.ts"
import { report, type TemplateSubject } from "./Subject.ts"

/** Checks that a template can run on the pool it names, and that there is such a pool where all are known. */
export const checkPool = (subject: TemplateSubject): void => {
  const { capabilities: { pools }, name, owner: { document: { spec } }, template } = subject
  const whole = withTemplateDefaults(template, spec.templateDefaults)
  const pool = poolNamed(whole, spec)
  if (pool === undefined) return
  if (!isPlaceable(template)) return checkEffect(subject)
  if (pool.includes("{{")) return
  const why = unplaceable(whole, spec, pool)
  if (why !== undefined) {
    return report(subject, template, placeIn(subject), { code: "pool", message: `Template "${name}" ${why}` })
  }
  if (pools === undefined || pools.includes(pool)) return
  report(subject, template, placeIn(subject), {
    code: "pool",
    severity: "warning",
    message: `Template "${name}" runs on the pool "${pool}", which nobody offers`,
    hint: didYouMean(pool, pools) || `Offer it: pinnace worker --pool ${pool}=1`
  })
}

/** What runs in the process of the run is not moved by a selector of its own. */
const checkEffect = (subject: TemplateSubject): void => {
  const { annotations, nodeSelector } = subject.template
  if (annotations?.[poolLabel] === undefined && nodeSelector?.[poolLabel] === undefined) return
  report(subject, subject.template, placeIn(subject), {
    code: "pool",
    severity: "warning",
    message: `Template "${subject.name}" names a pool, and has no container that could run there`,
    hint: "Name it in the templates of the containers"
  })
}

const placeIn = ({ template: { annotations, nodeSelector } }: TemplateSubject): string =>
  annotations?.[poolLabel] !== undefined ? "annotations" : nodeSelector?.[poolLabel] !== undefined ? "nodeSelector" : ""
