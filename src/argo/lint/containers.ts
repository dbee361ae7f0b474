/** Rules about the names of containers. */
import { cyclesOf } from "../../plan/cycles.ts"
import type { ContainerSet } from "../document/Container.ts"
import { didYouMean } from "../document/decode/didYouMean.ts"
import { named, report, type TemplateSubject, unique } from "./Subject.ts"

/** Checks that no container takes a name of Argo's own, and that outputs of a set have their container. */
export const checkContainerNames = (subject: TemplateSubject): void => {
  const { containerSet, initContainers = [], inputs, outputs, sidecars = [] } = subject.template
  for (const container of initContainers) named(subject, `An init container of "${subject.name}"`, container)
  for (const container of sidecars) named(subject, `A sidecar of "${subject.name}"`, container)
  if (containerSet !== undefined) checkSet(subject, containerSet)
  for (const container of [...sidecars, ...initContainers, ...containerSet?.containers ?? []]) {
    const taken = container.name === "init" || container.name === "wait" ||
      (container.name === "main" && sidecars.includes(container))
    if (taken) {
      const message = `A container of "${subject.name}" cannot be named "${container.name}": Argo has one of that name`
      report(subject, container, "name", { code: "name", message })
    }
  }
  const isMain = ({ name }: { readonly name?: string }): boolean => name === "main"
  if (containerSet === undefined || (containerSet.containers ?? []).some(isMain)) return
  const gives = (outputs?.parameters ?? []).length + (outputs?.artifacts ?? []).length > 0
  if (!gives && (inputs?.artifacts ?? []).length === 0) return
  const what = gives ? "Outputs" : "Input artifacts"
  const message = `${what} of a containerSet are those of its container "main", and "${subject.name}" has none`
  report(subject, containerSet, "", { code: "output", message, hint: 'Call one of its containers "main"' })
}

type Members = NonNullable<ContainerSet["containers"]>

/** A set has containers, whose names are theirs alone; they wait for others of the set, and not for each other. */
const checkSet = (subject: TemplateSubject, { containers = [] }: ContainerSet): void => {
  const set = subject.template.containerSet!
  if (containers.length === 0) {
    report(subject, set, "", { code: "container-set", message: `The containerSet "${subject.name}" has no containers` })
  }
  unique(subject, `Container of "${subject.name}"`, containers)
  for (const container of containers) named(subject, `A container of "${subject.name}"`, container)
  checkDependencies(subject, containers)
}

const checkDependencies = (subject: TemplateSubject, containers: Members): void => {
  const names = containers.map(({ name = "" }) => name)
  for (const container of containers) {
    container.dependencies?.filter((it) => !names.includes(it)).forEach((missing) => {
      const message = `Container "${container.name}" depends on "${missing}", which is not in this containerSet`
      report(subject, container, "dependencies", { code: "depends", message, hint: didYouMean(missing, names) })
    })
  }
  const upstreams = containers.map(({ dependencies = [] }) =>
    dependencies.map((name) => names.indexOf(name)).filter((at) => at >= 0)
  )
  for (const cycle of cyclesOf(upstreams, names)) {
    const message = `Containers wait for each other in a cycle: ${cycle.map((at) => names[at]).join(" → ")}`
    report(subject, containers[cycle[0]!]!, "dependencies", { code: "cycle", message })
  }
}
