/** Rules about the names of containers. */
import { report, type TemplateSubject } from "./Subject.ts"

/** Checks that no container takes a name of Argo's own, and that outputs of a set have their container. */
export const checkContainerNames = (subject: TemplateSubject): void => {
  const { containerSet, initContainers = [], outputs, sidecars = [] } = subject.template
  for (const container of [...sidecars, ...initContainers, ...containerSet?.containers ?? []]) {
    const taken = container.name === "init" || container.name === "wait" ||
      (container.name === "main" && sidecars.includes(container))
    if (taken) {
      const message = `A container of "${subject.name}" cannot be named "${container.name}": Argo has one of that name`
      report(subject, container, "name", { code: "name", message })
    }
  }
  const gives = (outputs?.parameters ?? []).length + (outputs?.artifacts ?? []).length > 0
  if (containerSet === undefined || !gives || containerSet.containers?.some(({ name }) => name === "main")) return
  const message = `Outputs of a containerSet are those of its container "main", and "${subject.name}" has none`
  report(subject, containerSet, "", { code: "output", message })
}
