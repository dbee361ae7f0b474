/** What rules look at: one document, with the others in reach. */
import type { Located } from "../document/decode/decode.ts"
import type { Finding } from "../document/decode/Findings.ts"
import type { Capabilities } from "../Capabilities.ts"
import type { Library } from "../document/Library.ts"
import type { Template, WorkflowDocument } from "../document/Manifest.ts"

/** A document being checked. */
export interface Subject {
  readonly owner: Located<WorkflowDocument>
  readonly library: Library
  /** What it may use; `plugins` also counts those among the files. */
  readonly capabilities: Capabilities
}

/** A template being checked; `name` is what messages call it. */
export interface TemplateSubject extends Subject {
  readonly template: Template
  readonly name: string
}

/** Notes a problem of a member of a container. */
export const report = (subject: Subject, container: object, key: string | number, finding: Finding): void =>
  subject.owner.findings.add(container, key, finding)

/** Reports names that occur twice in a list. */
export const unique = (
  subject: Subject,
  what: string,
  list: ReadonlyArray<{ readonly name?: string }>
): void => {
  const seen = new Set<string>()
  list.forEach((item) => {
    if (item.name === undefined) return
    if (seen.has(item.name)) {
      report(subject, item, "name", { code: "duplicate", message: `${what} name "${item.name}" is not unique` })
    }
    seen.add(item.name)
  })
}

/** Reports a name that is missing or has letters that names may not have. */
export const named = (
  subject: Subject,
  what: string,
  item: { readonly name?: string },
  underscore: boolean = false
): void => {
  const { name } = item
  const pattern = underscore ? /^[a-zA-Z0-9_][-a-zA-Z0-9_]*$/ : /^[a-zA-Z0-9][-a-zA-Z0-9]*$/
  if (name === undefined || name === "") {
    report(subject, item, "", { code: "name", message: `${what} has no name` })
  } else if (!pattern.test(name) || name.length > 128) {
    const letters = underscore ? "letters, digits, - and _" : "letters, digits and -"
    report(subject, item, "name", {
      code: "name",
      message: `${what} name "${name}" is invalid: names have at most 128 ${letters}, and begin with a letter or digit`
    })
  }
}

/** The kinds of body a template may have. */
export const bodies = [
  "container",
  "script",
  "steps",
  "dag",
  "suspend",
  "containerSet",
  "http",
  "data",
  "resource",
  "plugin"
] as const

/** A body by name. */
export type Body = typeof bodies[number]

/** What kind of template it is, by the first body it has. */
export const bodyOf = (template: Template): Body | undefined => bodies.find((body) => template[body] !== undefined)
