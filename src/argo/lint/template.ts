/** Rules about one template. */
import type { Artifact, Parameter, Synchronization } from "../document/Manifest.ts"
import { checkArtifacts } from "./artifacts.ts"
import { checkCalls } from "./calls.ts"
import { checkContainerNames } from "./containers.ts"
import { checkDag } from "./dag.ts"
import { checkMetrics } from "./metrics.ts"
import { checkParameters } from "./parameters.ts"
import { checkPool } from "./pool.ts"
import { checkResource } from "./resource.ts"
import { bodies, bodyOf, report, type TemplateSubject } from "./Subject.ts"
import { checkExpression, checkTimes } from "./times.ts"

/** Checks everything of a template but what its texts refer to. */
export const checkTemplate = (subject: TemplateSubject): void => {
  const { template, name } = subject
  checkBody(subject)
  checkParameters(subject, template.inputs, `"${name}" inputs`)
  checkParameters(subject, template.outputs, `"${name}" outputs`)
  checkOutputs(subject)
  checkArtifacts(subject)
  checkPaths(subject)
  checkTimes(subject, template)
  checkLocks(subject, template.synchronization)
  checkMetrics(subject, template.metrics)
  checkPool(subject)
  const isReplaced = Object.hasOwn(subject.capabilities.templates ?? {}, name)
  if (template.plugin !== undefined && !isReplaced) checkPlugin(subject)
  if (template.resource !== undefined && !isReplaced) checkResource(subject, template.resource)
  if (template.http !== undefined && (template.http.url ?? "") === "" && !isReplaced) {
    report(subject, template, "http", { code: "http", message: `HTTP template "${name}" has no url` })
  }
  if (template.data !== undefined && template.data.source?.artifactPaths === undefined) {
    report(subject, template, "data", {
      code: "data",
      message: `Data template "${name}" has no source`,
      hint: "Write the key of the artifacts into source.artifactPaths"
    })
  }
  if (template.steps !== undefined) checkCalls(subject, template.steps.flat(), "step")
  if (template.dag !== undefined) checkDag(subject, template.dag)
}

const checkBody = (subject: TemplateSubject): void => {
  const { template, name } = subject
  const found = bodies.filter((body) => template[body] !== undefined)
  if (found.length === 0 && !subject.owner.findings.issues.some(({ code }) => code === "refused")) {
    const message = `Template "${name}" has no type: it needs one of ${bodies.join(", ")}`
    report(subject, template, "name", { code: "template-type", message })
  }
  if (found.length > 1) {
    const message = `Template "${name}" has several types (${found.join(", ")}): choose one`
    report(subject, template, found[1]!, {
      code: "template-type",
      message,
      hint: `Of ${bodies.join(", ")}`
    })
  }
  checkPlaceOfLimits(subject)
  checkCommand(subject)
  checkContainerNames(subject)
}

const checkPlugin = (subject: TemplateSubject): void => {
  const { plugin = {} } = subject.template
  if (Object.keys(plugin).length !== 1) {
    report(subject, subject.template, "plugin", {
      code: "plugin",
      message: `Template "${subject.name}" is for ${Object.keys(plugin).join(" and ") || "no plugin"}`,
      hint: "Name one plugin, and call several templates"
    })
  }
  if (Object.keys(subject.capabilities.plugins ?? {}).length > 0) return
  report(subject, subject.template, "plugin", {
    code: "refused",
    message: `Template "${subject.name}" is for an executor plugin, and there is none`,
    hint: "Say where one listens with --plugin NAME=URL, or give the file of its ExecutorPlugin too"
  })
}

const checkCommand = (subject: TemplateSubject): void => {
  const { script, container } = subject.template
  for (const body of [script, container]) {
    const mounts = body?.volumeMounts ?? []
    const seen = new Set<string>()
    for (const mount of mounts) {
      const path = mount.mountPath ?? ""
      if (seen.has(path)) {
        report(subject, mount, "mountPath", { code: "mount", message: `Two volumes are mounted at "${path}"` })
      }
      seen.add(path)
    }
  }
}

const checkPlaceOfLimits = (subject: TemplateSubject): void => {
  const { template, name } = subject
  const composite = template.steps !== undefined || template.dag !== undefined
  for (const key of ["activeDeadlineSeconds", "timeout"] as const) {
    if (composite && template[key] !== undefined) {
      report(subject, template, key, {
        code: "limits",
        message: `${key} is for templates that run something, "${name}" only calls others`
      })
    }
  }
  if (!composite && template.parallelism !== undefined) {
    report(subject, template, "parallelism", {
      code: "limits",
      message: `parallelism is only for steps and dag templates, not for "${name}"`
    })
  }
}

const checkOutputs = (subject: TemplateSubject): void => {
  for (const parameter of subject.template.outputs?.parameters ?? []) checkOutput(subject, parameter)
  for (const artifact of subject.template.outputs?.artifacts ?? []) checkOutputArtifact(subject, artifact)
}

const checkOutput = (subject: TemplateSubject, parameter: Parameter): void => {
  const { valueFrom, value, name } = parameter
  if (valueFrom !== undefined && value !== undefined) {
    const message = `Output parameter "${name}" has both value and valueFrom: choose one`
    report(subject, parameter, "value", { code: "output", message })
  }
  if (valueFrom === undefined) {
    if (value === undefined) {
      report(subject, parameter, "", {
        code: "output",
        message: `Output parameter "${name}" has neither valueFrom nor value`
      })
    }
    return
  }
  const given = (["path", "parameter", "expression", "supplied", "configMapKeyRef", "jsonPath", "jqFilter"] as const)
    .filter((
      key
    ) => valueFrom[key] !== undefined)
  if (given.length > 1) {
    report(subject, valueFrom, "", {
      code: "output",
      message: `Output parameter "${name}" has several sources (${given.join(", ")}): choose one`
    })
  }
  checkExpression(subject, valueFrom, "expression", valueFrom.expression)
  const wanted = fitting[bodyOf(subject.template) ?? "container"] ?? []
  if (given.some((key) => wanted.includes(key)) || (given.length === 0 && valueFrom.default !== undefined)) return
  report(subject, valueFrom, "", {
    code: "output",
    message: `Output parameter "${name}" of this kind of template needs valueFrom.${wanted.join(" or valueFrom.")}`
  })
}

const fitting: Readonly<Record<string, ReadonlyArray<string>>> = {
  container: ["path"],
  script: ["path"],
  steps: ["parameter", "expression"],
  dag: ["parameter", "expression"],
  suspend: ["supplied"],
  containerSet: ["path"],
  resource: ["jsonPath", "jqFilter"],
  plugin: ["supplied", "path"]
}

const checkOutputArtifact = (subject: TemplateSubject, artifact: Artifact): void => {
  const composite = subject.template.steps !== undefined || subject.template.dag !== undefined
  const has = composite ? artifact.from ?? artifact.fromExpression : artifact.path
  checkExpression(subject, artifact, "fromExpression", artifact.fromExpression)
  if (has !== undefined) return
  const wanted = composite ? "from or fromExpression" : "path"
  report(subject, artifact, "", { code: "output", message: `Output artifact "${artifact.name}" has no ${wanted}` })
}

const checkPaths = (subject: TemplateSubject): void => {
  const { template, name } = subject
  if (bodyOf(template) !== "container" && bodyOf(template) !== "script") return
  const mounts = (template.script ?? template.container)?.volumeMounts ?? []
  const seen = new Set<string>()
  for (const artifact of template.inputs?.artifacts ?? []) {
    if (artifact.path === undefined) {
      report(subject, artifact, "", {
        code: "path",
        message: `Input artifact "${artifact.name}" of "${name}" has no path`
      })
    } else if (seen.has(artifact.path)) {
      report(subject, artifact, "path", {
        code: "path",
        message: `Two input artifacts have the path "${artifact.path}"`
      })
    }
    if (mounts.some(({ mountPath }) => mountPath === artifact.path)) {
      const message = `Input artifact "${artifact.name}" has the path "${artifact.path}", where a volume is mounted`
      report(subject, artifact, "path", { code: "path", message })
    }
    seen.add(artifact.path ?? "")
  }
}

const checkLocks = (subject: TemplateSubject, locks: Synchronization | undefined): void => {
  for (const mutex of locks?.mutexes ?? []) {
    if (mutex.name === undefined) report(subject, mutex, "", { code: "lock", message: "A mutex has no name" })
  }
  for (const semaphore of locks?.semaphores ?? []) {
    const { configMapKeyRef: ref, database } = semaphore
    if (ref !== undefined && database !== undefined) {
      const message = "A semaphore has its limit in a ConfigMap or in the database, not in both"
      report(subject, semaphore, "database", { code: "lock", message })
    }
    if (database === undefined ? ref?.name === undefined || ref.key === undefined : database.key === undefined) {
      const message = "A semaphore needs configMapKeyRef with name and key, or database with key"
      report(subject, semaphore, "", { code: "lock", message })
    }
  }
}
