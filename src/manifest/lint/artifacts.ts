/** Rules about where artifacts come from and go to. */
import { checkGit } from "../artifact/gitArguments.ts"
import type { Artifact } from "../Manifest.ts"
import { report, type TemplateSubject } from "./Subject.ts"

/** Checks the locations of a template's artifacts. */
export const checkArtifacts = (subject: TemplateSubject): void => {
  const { inputs, outputs } = subject.template
  for (const artifact of inputs?.artifacts ?? []) checkSource(subject, artifact)
  for (const artifact of outputs?.artifacts ?? []) checkDestination(subject, artifact)
}

const checkSource = (subject: TemplateSubject, { git, http, name, optional }: Artifact): void => {
  // What is optional may name no place.
  if (optional === true && (http?.url ?? git?.repo ?? "") === "") return
  if (http !== undefined && (http.url ?? "") === "") {
    report(subject, http, "", { code: "artifact", message: `Input artifact "${name}" has no http.url` })
  }
  if (git === undefined || JSON.stringify(git).includes("{{")) return
  try {
    checkGit(git)
  } catch (error) {
    report(subject, git, "", { code: "artifact", message: `Input artifact "${name}": ${(error as Error).message}` })
  }
}

const checkDestination = (subject: TemplateSubject, artifact: Artifact): void => {
  for (const place of ["http", "git", "raw"] as const) {
    if (artifact[place] === undefined) continue
    report(subject, artifact, place, {
      code: "refused",
      message: `Output artifact "${artifact.name}" cannot be saved to ${place}`,
      hint: "Artifacts are saved in s3 or, with a key or without, in the local artifact directory"
    })
  }
}
