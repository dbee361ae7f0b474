/** Rules about steps and tasks. */
import type { Call, Hook } from "../document/Manifest.ts"
import { isTrue } from "../language/when/when.ts"
import { WhenError } from "../language/when/WhenError.ts"
import { checkCallee } from "./callee.ts"
import { named, report, type TemplateSubject, unique } from "./Subject.ts"
import { checkExpression } from "./times.ts"

/** Checks all calls of one template. */
export const checkCalls = (subject: TemplateSubject, calls: ReadonlyArray<Call>, what: "step" | "task"): void => {
  unique(subject, what === "step" ? "Step" : "Task", calls)
  for (const call of calls) checkCall(subject, call, what)
}

const checkCall = (subject: TemplateSubject, call: Call, what: string): void => {
  named(subject, `A ${what} of "${subject.name}"`, call)
  const ways = (["template", "templateRef", "inline"] as const).filter((key) => call[key] !== undefined)
  const label = `${what === "step" ? "Step" : "Task"} "${call.name ?? ""}"`
  if (ways.length > 1) {
    const message = `${label} has several of template, templateRef and inline: choose one`
    report(subject, call, ways[1]!, { code: "template", message })
  }
  checkCallee(subject, call, { container: call, key: ways[0] ?? "", what: label, arguments: true })
  checkGivenArtifacts(subject, call, label)
  checkLoop(subject, call, label)
  checkWhen(subject, call)
  checkHooks(subject, call, label)
}

const sources = ["from", "fromExpression", "raw", "s3", "gcs", "oss", "azure", "http", "git"] as const

const checkGivenArtifacts = (subject: TemplateSubject, call: Call, label: string): void => {
  for (const artifact of call.arguments?.artifacts ?? []) {
    if (artifact.from !== undefined && artifact.fromExpression !== undefined) {
      const message = `Artifact "${artifact.name}" that ${label} gives has both from and fromExpression: choose one`
      report(subject, artifact, "fromExpression", { code: "artifact", message })
    }
    if (sources.some((key) => artifact[key] !== undefined) || artifact.optional === true) continue
    report(subject, artifact, "", {
      code: "artifact",
      message: `Artifact "${artifact.name}" that ${label} gives has no source`,
      hint: "Say from, or where it lies (raw, s3, http, git)"
    })
  }
}

const checkLoop = (subject: TemplateSubject, call: Call, label: string): void => {
  const loops = (["withItems", "withParam", "withSequence"] as const).filter((key) => call[key] !== undefined)
  if (loops.length > 1) {
    const message = `${label} has ${
      loops.join(" and ")
    }: only one of withItems, withParam and withSequence may be given`
    report(subject, call, loops[1]!, { code: "loop", message })
  }
  const sequence = call.withSequence
  if (sequence === undefined) return
  const ends = [sequence.count, sequence.end].filter((it) => it !== undefined).length
  if (ends !== 1) {
    const message = `withSequence of ${label} needs either count or end${ends === 2 ? ", not both" : ""}`
    report(subject, sequence, "", { code: "loop", message })
  }
}

const checkWhen = (subject: TemplateSubject, call: Call): void => {
  if (call.when === undefined || call.when.includes("{{")) return
  try {
    isTrue(call.when)
  } catch (error) {
    if (!(error instanceof WhenError)) throw error
    report(subject, call, "when", { code: "when", message: error.message })
  }
}

/** An exit handler without arguments of its own gets those of the workflow. */
const isGivenWorkflow = (name: string, { arguments: given }: Hook): boolean =>
  name === "exit" && (given?.parameters ?? []).length === 0 && (given?.artifacts ?? []).length === 0

const checkHooks = (subject: TemplateSubject, call: Call, label: string): void => {
  if (call.onExit !== undefined) {
    const site = { container: call, key: "onExit", what: `onExit of ${label}`, arguments: false }
    checkCallee(subject, { template: call.onExit }, site)
  }
  for (const [name, hook] of Object.entries(call.hooks ?? {})) {
    const site = {
      container: hook,
      key: "template",
      what: `Hook "${name}" of ${label}`,
      arguments: !isGivenWorkflow(name, hook)
    }
    checkCallee(subject, hook, site)
    checkExpression(subject, hook, "expression", hook.expression)
    if (name !== "exit" && hook.expression === undefined) {
      report(subject, hook, "", { code: "hook", message: `Hook "${name}" of ${label} has no expression` })
    }
  }
}
