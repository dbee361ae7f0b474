/** Collects problems of one file. */
import type { ManifestIssue, Severity } from "../Issue.ts"
import { remedies } from "./remedies.ts"
import type { Places } from "./Places.ts"

/** How many problems of one file are told. */
const maxIssues = 500

/** A problem without its place. */
export interface Finding {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly severity?: Severity
}

/** The problems of one file. Owns: the list. Invariant: never more than `maxIssues`, none told twice. */
export class Findings {
  readonly places: Places
  readonly issues: Array<ManifestIssue> = []
  readonly #told = new Set<string>()

  constructor(places: Places) {
    this.places = places
  }

  /** Adds a problem of a member of a container, or of the container. */
  add(container: object, key: string | number, finding: Finding): void {
    this.addAt(this.places.offsetOf(container, key), finding)
  }

  /** Adds a problem at an offset. */
  addAt(offset: number, finding: Finding): void {
    const { code, message, severity = "error" } = finding
    const hint = finding.hint || remedies[code] || ""
    const { line, column } = this.places.at(offset)
    const id = `${line}:${column}:${code}:${message}`
    if (this.#told.has(id) || this.issues.length >= maxIssues) return
    this.#told.add(id)
    const text = this.places.excerpt(offset)
    this.issues.push({ severity, code, file: this.places.file, line, column, text, message, hint })
  }
}
