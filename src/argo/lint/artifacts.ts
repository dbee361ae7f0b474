/** Rules about where artifacts come from and go to. */
import { checkGit } from "../artifact/gitArguments.ts"
import type { Artifact } from "../document/Manifest.ts"
import { report, type TemplateSubject } from "./Subject.ts"

/** Checks the locations of a template's artifacts. */
export const checkArtifacts = (subject: TemplateSubject): void => {
  const { inputs, outputs } = subject.template
  for (const artifact of inputs?.artifacts ?? []) {
    checkSource(subject, artifact)
    checkInput(subject, artifact)
  }
  for (const artifact of outputs?.artifacts ?? []) {
    checkDestination(subject, artifact)
    checkPlace(subject, artifact, "Output")
  }
  for (const output of [...outputs?.artifacts ?? [], ...outputs?.parameters ?? []]) checkGlobal(subject, output)
}

/** What an input gets is said by the call, and where it is put only where something runs. */
const checkInput = (subject: TemplateSubject, artifact: Artifact): void => {
  for (const key of ["from", "fromExpression"] as const) {
    if (artifact[key] === undefined) continue
    const message = `Input artifact "${artifact.name}" of "${subject.name}" says ${key}, which is for arguments`
    report(subject, artifact, key, { code: "artifact", message, hint: `Move ${key} to the arguments of the call` })
  }
  checkPlace(subject, artifact, "Input")
}

const checkPlace = (subject: TemplateSubject, artifact: Artifact, what: string): void => {
  const { dag, steps } = subject.template
  if ((dag ?? steps) === undefined || artifact.path === undefined) return
  const message = `${what} artifact "${artifact.name}" has a path, but "${subject.name}" only calls others`
  report(subject, artifact, "path", { code: "path", message, hint: "Give the path in the template that is called" })
}

/** Names of global outputs are like those of others. */
const checkGlobal = (
  subject: TemplateSubject,
  output: { readonly name?: string; readonly globalName?: string }
): void => {
  const { globalName = "" } = output
  if (globalName === "" || globalName.includes("{{") || /^[-a-zA-Z0-9_]+$/.test(globalName)) return
  report(subject, output, "globalName", {
    code: "name",
    message: `The globalName "${globalName}" of output "${output.name}" is invalid`,
    hint: "Use letters, digits, - and _"
  })
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
      hint: "Artifacts are saved in s3 or, with a key or without, in the engine's store"
    })
  }
}
