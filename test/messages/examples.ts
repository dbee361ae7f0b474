/** Values to show messages with, by the names that values have in the sources. */
const examples: Readonly<Record<string, string>> = {
  id: "report-1z",
  run: "report-1z",
  program: "pinnace",
  dbOption: "",
  db: "pinnace.db",
  node: "fetch",
  path: "pages[3]/fetch",
  name: "fetch",
  workflow: "report",
  file: "flow.yaml",
  files: "flow.yaml",
  verb: "retry",
  phase: "Failed",
  key: "limit",
  space: "schedule",
  url: "http://localhost:8080",
  limit: "10",
  size: "12",
  length: "12",
  count: "3",
  attempt: "2",
  message: "connection refused",
  messageFrom: "connection refused",
  template: "main",
  task: "fetch",
  step: "fetch",
  secret: "token",
  signal: "approve",
  semaphore: "api",
  line: "12",
  column: "5",
  version: "5"
}

/** A value of this name in a message; of a name that says enough, the name. */
export const exampleFor = (name: string): string => Object.hasOwn(examples, name) ? examples[name]! : `‹${name}›`
