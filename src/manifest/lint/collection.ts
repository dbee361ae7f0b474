/** Rules about when artifacts are deleted. */
import { didYouMean } from "../decode/didYouMean.ts"
import type { ArtifactGC } from "../Manifest.ts"
import { report, type Subject } from "./Subject.ts"

const strategies = ["OnWorkflowCompletion", "OnWorkflowDeletion", "Never"]

/** Checks the strategies of a workflow and of what its templates give. */
export const checkCollection = (subject: Subject): void => {
  const { spec } = subject.owner.document
  const given = (spec.templates ?? []).flatMap(({ outputs }) => outputs?.artifacts ?? [])
  for (const { artifactGC } of [spec, ...given]) if (artifactGC !== undefined) checkStrategy(subject, artifactGC)
}

const checkStrategy = (subject: Subject, gc: ArtifactGC): void => {
  const { strategy } = gc
  if (strategy === undefined || strategy === "") return
  if (!strategies.includes(strategy)) {
    report(subject, gc, "strategy", {
      code: "artifact-gc",
      message: `There is no strategy "${strategy}" of artifact collection`,
      hint: didYouMean(strategy, strategies) || `Choose ${strategies.join(", ")}`
    })
  }
}
