/** What a rule found: where, and what to do about it. */
export interface Violation {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** `file:line: message`, which terminals and editors make clickable. */
export const format = (it: Violation): string => `${it.file}:${it.line}: ${it.message}`
