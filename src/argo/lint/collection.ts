/** Rules about when artifacts are deleted. */
import { didYouMean } from "../document/decode/didYouMean.ts"
import type { ArtifactGC } from "../document/Manifest.ts"
import { report, type Subject } from "./Subject.ts"

const strategies = ["OnWorkflowCompletion", "OnWorkflowDeletion", "Never"]

/** Checks the strategies of a workflow and of what its templates give. */
export const checkCollection = (subject: Subject): void => {
  const { spec } = subject.owner.document
  checkClaims(subject)
  const given = (spec.templates ?? []).flatMap(({ outputs }) => outputs?.artifacts ?? [])
  for (const { artifactGC } of [spec, ...given]) if (artifactGC !== undefined) checkStrategy(subject, artifactGC)
}

const claimStrategies = ["OnWorkflowCompletion", "OnWorkflowSuccess"]

const checkClaims = (subject: Subject): void => {
  const { volumeClaimGC: gc } = subject.owner.document.spec
  if (gc?.strategy === undefined || gc.strategy === "" || claimStrategies.includes(gc.strategy)) return
  report(subject, gc, "strategy", {
    code: "artifact-gc",
    message: `There is no strategy "${gc.strategy}" of volume claims`,
    hint: didYouMean(gc.strategy, claimStrategies) || `Choose ${claimStrategies.join(" or ")}`
  })
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
