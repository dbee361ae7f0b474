/** Words that people bring from `argo`, `kubectl` and other commands. */

/** Verbs of other commands, and the verb that is meant. */
export const synonyms: Readonly<Record<string, string>> = {
  ls: "list",
  ps: "list",
  show: "get",
  describe: "get",
  status: "get",
  log: "logs",
  cancel: "stop",
  kill: "terminate",
  abort: "terminate",
  rm: "delete",
  remove: "delete",
  pause: "suspend",
  restart: "retry",
  rerun: "resubmit",
  gantt: "timeline",
  tail: "logs",
  validate: "lint",
  semaphores: "locks",
  stuck: "why"
}

/** Words of Argo's command that mean nothing without a cluster, and what to do instead. */
export const elsewhere: Readonly<Record<string, string>> = {
  template: "Templates are files here: name them beside the manifest, or with --resources",
  "cluster-template": "Templates are files here: name them beside the manifest, or with --resources",
  archive: "Ended runs stay in the state file: list, get",
  server: "No server is needed: every verb reads the state file",
  auth: "Whoever can read the state file can use it"
}

const namespaces = "There are no namespaces here: leave it out"

const asArgument = "Files are named without it"

/** Options of Argo's command, and what to write instead. */
export const foreignOptions: Readonly<Record<string, string>> = {
  "-n": `${namespaces}. How many to show is --limit N where a verb lists`,
  "--namespace": namespaces,
  "-A": namespaces,
  "--all-namespaces": namespaces,
  "--serviceaccount": "Commands run as this user: leave it out",
  "--name": "Use --id",
  "--generate-name": "Use --id",
  "--labels": "Use --label NAME=VALUE, once for each",
  "--label": "Use -l NAME=VALUE",
  "--detach": "Use submit, which runs it in the background",
  "--from": "Name the file of the template",
  "-f": "Use --parameter-file for parameters; files are named without an option",
  "-o": asArgument,
  "--output": asArgument
}
