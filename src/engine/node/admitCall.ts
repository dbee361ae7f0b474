/** What a body gives to `call`: a name, something to run, and how that differs from its definition. */
import { treatmentFaults } from "../../plan/limits.ts"
import { admitNamed, admitOne, anything, defined, type Rules, text } from "../../workflow/admit.ts"
import { compensationRule, toCompensation } from "../../workflow/Compensation.ts"
import type { AnyRunnable, NodeDef } from "../../workflow/Definition.ts"
import type { CallOptions } from "../../workflow/TaskContext.ts"
import { toTreatment } from "../../workflow/treatment.ts"

/** How a child is treated. */
export type Treatment = ReturnType<typeof toTreatment> & Pick<NodeDef, "compensate">

const rules: Rules<CallOptions> = { retry: anything, timeout: anything, compensate: compensationRule }

const runs = defined("Task", "Workflow")

/** The treatment of a child. Throws `InvalidValue`. */
export const admitCall = (name: string, runnable: AnyRunnable, given: CallOptions): Treatment => {
  admitOne("the name of a child", name, text)
  admitOne(`what is called as "${name}"`, runnable, runs)
  const place = `the options of "${name}"`
  const options = admitNamed<CallOptions>(place, given, rules)
  let treatment: Treatment | undefined
  admitOne(place, options, () => {
    treatment = { ...toTreatment(options, runnable), compensate: toCompensation(name, options.compensate, runnable) }
    const fault = treatmentFaults(treatment)[0]
    return fault === undefined ? undefined : { what: `cannot be followed: ${fault.message}`, hint: fault.hint }
  })
  return treatment!
}
