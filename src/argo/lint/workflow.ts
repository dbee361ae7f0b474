/** Rules about a workflow as a whole. */
import { didYouMean } from "../document/decode/didYouMean.ts"
import { checkCallee } from "./callee.ts"
import { checkCollection } from "./collection.ts"
import { checkCron } from "./cron.ts"
import { checkMetrics, checkNames } from "./metrics.ts"
import { checkParameters } from "./parameters.ts"
import { named, report, type Subject, unique } from "./Subject.ts"
import { checkExpression, checkTimes } from "./times.ts"

/** Checks names, entry point, exit handler, hooks and arguments. */
export const checkWorkflow = (subject: Subject): void => {
  const { spec } = subject.owner.document
  checkName(subject)
  checkReference(subject)
  unique(subject, "Template", spec.templates ?? [])
  for (const template of spec.templates ?? []) named(subject, "A template", template)
  checkEntrypoint(subject)
  checkExit(subject)
  checkParameters(subject, spec.arguments, "Workflow")
  checkTimes(subject, spec)
  checkMetrics(subject, spec.metrics)
  checkNames(subject)
  checkCollection(subject)
  checkCron(subject)
}

const checkName = (subject: Subject): void => {
  const { kind, metadata } = subject.owner.document
  const name = metadata.name ?? metadata.generateName
  const longest = kind === "CronWorkflow" ? 52 : 63
  if (name === undefined || name === "") {
    report(subject, metadata, "", {
      code: "name",
      message: `The ${kind} has no name`,
      hint: "Give it metadata.name or metadata.generateName"
    })
  } else if (!/^[a-zA-Z0-9][-_.a-zA-Z0-9]*$/.test(name)) {
    report(subject, metadata, metadata.name === undefined ? "generateName" : "name", {
      code: "name",
      message: `The name "${name}" is invalid: names have letters, digits, - and ., and begin with a letter or digit`
    })
  } else if (name.length > longest) {
    report(subject, metadata, "name", {
      code: "name",
      message: `The name "${name}" has more than ${longest} characters`
    })
  }
}

const checkReference = (subject: Subject): void => {
  const ref = subject.owner.document.spec.workflowTemplateRef
  if (ref === undefined) return
  const cluster = ref.clusterScope === true
  if ((subject.owner.document.spec.templates ?? []).length > 0) {
    report(subject, subject.owner.document.spec, "templates", {
      code: "template-ref",
      message: "A workflow with workflowTemplateRef cannot have templates of its own",
      hint: "Move the templates into the document that it refers to"
    })
  }
  if (subject.library.document(ref.name ?? "", cluster) !== undefined) return
  report(subject, ref, "name", {
    code: "template-ref",
    message: `${cluster ? "ClusterWorkflowTemplate" : "WorkflowTemplate"} "${
      ref.name ?? ""
    }" is not in the given files`,
    hint: didYouMean(ref.name ?? "", subject.library.names(cluster)) || "Add the file that defines it"
  })
}

const checkEntrypoint = (subject: Subject): void => {
  const { kind, spec } = subject.owner.document
  if (spec.entrypoint === undefined) {
    const needed = (kind === "Workflow" || kind === "CronWorkflow") && spec.workflowTemplateRef === undefined
    if (needed) report(subject, spec, "", { code: "entrypoint", message: "The workflow has no entrypoint" })
    return
  }
  const call = { template: spec.entrypoint, ...(spec.arguments === undefined ? {} : { arguments: spec.arguments }) }
  checkCallee(subject, call, {
    container: spec,
    key: "entrypoint",
    what: "The entrypoint",
    arguments: kind === "Workflow"
  })
}

const checkExit = (subject: Subject): void => {
  const { spec } = subject.owner.document
  if (spec.onExit !== undefined) {
    checkCallee(subject, { template: spec.onExit }, {
      container: spec,
      key: "onExit",
      what: "onExit",
      arguments: false
    })
  }
  for (const [name, hook] of Object.entries(spec.hooks ?? {})) {
    checkCallee(subject, hook, { container: hook, key: "template", what: `Hook "${name}"`, arguments: false })
    checkExpression(subject, hook, "expression", hook.expression)
    if (name !== "exit" && hook.expression === undefined) {
      report(subject, hook, "", {
        code: "hook",
        message: `Hook "${name}" has no expression`,
        hint: "Only the exit hook may omit it"
      })
    }
  }
}
