/** Rules about what texts refer to: every tag has to have a value where it stands. */
import { didYouMean } from "../document/decode/didYouMean.ts"
import type { Call, Hook, Template } from "../document/Manifest.ts"
import { tagsIn } from "../language/template/tags.ts"
import { isOurs } from "../language/template/substitute.ts"
import { report, type TemplateSubject } from "./Subject.ts"
import { resultsOf, type Scope, templateScope } from "./Scope.ts"
import { TaskResults } from "./TaskResults.ts"

/** Checks the tags of a template. */
export const checkReferences = (subject: TemplateSubject): void => {
  const { template } = subject
  const scope = templateScope(subject)
  const own = Object.fromEntries(Object.entries(template).filter(([key]) => !apart.has(key)))
  checkTexts(subject, template, own, scope)
  if (template.steps !== undefined) checkSteps(subject, template.steps, scope)
  else if (template.dag !== undefined) checkTasks(subject, template, scope)
  else checkMembers(subject, template.outputs, scope)
  checkMembers(subject, template.metrics, scope.with(ownResults(template)))
}

/** What is known of a node once it has ended. */
const ownResults = ({ outputs }: Template): ReadonlyArray<string> => [
  "outputs.result",
  "retries",
  ...(outputs?.parameters ?? []).map(({ name }) => `outputs.parameters.${name}`)
]

/** Parts whose scope is another. */
const apart = new Set(["steps", "dag", "outputs", "name", "metrics"])

const checkSteps = (subject: TemplateSubject, groups: ReadonlyArray<ReadonlyArray<Call>>, scope: Scope): void => {
  let before = scope
  for (const group of groups) {
    for (const call of group) checkCall(subject, call, before, "steps")
    before = before.with(group.flatMap((call) => resultsOf(subject, call, "steps")))
  }
  checkMembers(subject, subject.template.outputs, before)
}

const checkTasks = (subject: TemplateSubject, { dag, outputs }: Template, scope: Scope): void => {
  const tasks = dag?.tasks ?? []
  const results = new TaskResults(subject, tasks)
  for (const task of tasks) checkCall(subject, task, results.scopeOf(task.name ?? "", scope), "tasks")
  checkMembers(subject, outputs, scope.with(results.names))
}

const checkCall = (subject: TemplateSubject, call: Call, before: Scope, kind: "steps" | "tasks"): void => {
  const { hooks, inline, withItems: _, withParam, withSequence, ...rest } = call
  checkTexts(subject, call, { withParam, withSequence }, before)
  const inside = before.with(itemNames(call))
  checkTexts(subject, call, rest, inside)
  const after = inside.with(resultsOf(subject, call, kind))
  for (const hook of Object.values(hooks ?? {})) checkHook(subject, hook, after)
  if (inline !== undefined) checkReferences({ ...subject, template: inline, name: call.name ?? "" })
}

/** What is known of an item: when all items are written down, Argo takes no other members than theirs. */
const itemNames = ({ withItems, withParam, withSequence }: Call): ReadonlyArray<string> => {
  if (withItems === undefined && withParam === undefined && withSequence === undefined) return []
  const isWritten = withItems !== undefined && !JSON.stringify(withItems).includes("{{")
  return isWritten ? ["item", ...withItems.flatMap(membersOf)] : ["item", "item.*"]
}

const membersOf = (item: unknown): ReadonlyArray<string> => {
  if (typeof item !== "object" || item === null) return []
  if (Array.isArray(item)) return item.map((_, at) => `item.[${at}]`)
  return Object.keys(item).map((key) => `item.${key}`)
}

const checkHook = (subject: TemplateSubject, hook: Hook, scope: Scope): void => {
  const { expression: _, ...rest } = hook
  checkTexts(subject, hook, rest, scope)
}

const checkMembers = (subject: TemplateSubject, value: object | undefined, scope: Scope): void => {
  if (value !== undefined) checkTexts(subject, value, value, scope)
}

/** Checks every text in `part`, which holds members of `container`. */
const checkTexts = (subject: TemplateSubject, container: object, part: object, scope: Scope): void => {
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === "string") checkText(subject, container, key, value, scope)
    else if (typeof value === "object" && value !== null) checkTexts(subject, value, value, scope)
  }
}

const checkText = (subject: TemplateSubject, container: object, key: string, text: string, scope: Scope): void => {
  for (const tag of tagsIn(text)) {
    if (tag._tag === "Broken") {
      report(subject, container, key, { code: "expression", message: tag.error.message })
    } else if (tag._tag === "Name" && tag.name.parts.every((part) => part._tag === "Text")) {
      const name = tag.name.source.trim()
      if (isOurs(name) && !scope.has(name)) unresolved(subject, container, key, name, scope)
    }
  }
}

const unresolved = (subject: TemplateSubject, container: object, key: string, name: string, scope: Scope): void => {
  const other = /^(steps|tasks)\.([^.]+)\./.exec(name)
  const calls = [...(subject.template.steps ?? []).flat(), ...(subject.template.dag?.tasks ?? [])]
  const exists = other !== null && calls.some((call) => call.name === other[2])
  const late = other?.[1] === "tasks"
    ? `make this task depend on "${other[2]}"`
    : `"${other?.[2]}" comes later, or at the same time`
  report(subject, container, key, {
    code: "unresolved",
    message: `failed to resolve {{${name}}} in template "${subject.name}"`,
    hint: didYouMean(name, scope.names) || (exists ? late : "")
  })
}
