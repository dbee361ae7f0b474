/** All verbs, in the order of the page of help. Only the verb that is used is loaded. */
import type { Table } from "./Verb.ts"

/** The verbs by name. */
export const verbs: Table = {
  run: {
    group: "Run",
    summary: "Run a manifest or a TypeScript workflow to its end",
    load: () => import("./verbs/run.ts")
  },
  submit: {
    group: "Run",
    summary: "Run it in the background",
    load: () => import("./verbs/submit.ts")
  },
  dev: {
    group: "Run",
    summary: "Run it again whenever a file is saved",
    load: () => import("./verbs/dev.ts")
  },
  cron: {
    group: "Run",
    summary: "Run CronWorkflows when they are due",
    load: () => import("./verbs/cron.ts")
  },
  schedule: {
    group: "Run",
    summary: "Show schedules, pause, resume and trigger them",
    load: () => import("./verbs/schedule.ts")
  },
  backfill: {
    group: "Run",
    summary: "Run a schedule for instants of the past",
    load: () => import("./verbs/backfill.ts")
  },
  worker: {
    group: "Run",
    summary: "Run bodies of a pool for other processes",
    load: () => import("./verbs/worker.ts")
  },
  lint: { group: "Run", summary: "Report every problem in a manifest", load: () => import("./verbs/lint.ts") },
  demo: { group: "Run", summary: "See what Pinnace does, in ten seconds", load: () => import("./verbs/demo.ts") },
  init: { group: "Run", summary: "Write a starter project with its test", load: () => import("./verbs/init.ts") },
  list: { group: "Look", summary: "List runs, newest first", load: () => import("./verbs/list.ts") },
  get: { group: "Look", summary: "Show a run with its nodes", load: () => import("./verbs/get.ts") },
  watch: { group: "Look", summary: "Follow a run until it ends", load: () => import("./verbs/watch.ts") },
  wait: { group: "Look", summary: "Wait until runs have ended", load: () => import("./verbs/wait.ts") },
  logs: { group: "Look", summary: "Show the logs of nodes", load: () => import("./verbs/logs.ts") },
  why: { group: "Look", summary: "Say why a run or node is not running", load: () => import("./verbs/why.ts") },
  timeline: {
    group: "Look",
    summary: "Draw when each node waited and worked",
    load: () => import("./verbs/timeline.ts")
  },
  graph: { group: "Look", summary: "Draw which node waits for which", load: () => import("./verbs/graph.ts") },
  diff: { group: "Look", summary: "Compare two runs node by node", load: () => import("./verbs/diff.ts") },
  trace: {
    group: "Look",
    summary: "Show the spans of a run, or send them to a collector",
    load: () => import("./verbs/trace.ts")
  },
  metrics: {
    group: "Look",
    summary: "Show what the state file holds, as numbers for Prometheus",
    load: () => import("./verbs/metrics.ts")
  },
  ui: { group: "Look", summary: "Serve the state file to pages and programs", load: () => import("./verbs/ui.ts") },
  stop: { group: "Act", summary: "End runs; exit handlers still run", load: () => import("./verbs/stop.ts") },
  terminate: {
    group: "Act",
    summary: "End runs at once, without exit handlers",
    load: () => import("./verbs/terminate.ts")
  },
  suspend: { group: "Act", summary: "Pause runs: no new nodes begin", load: () => import("./verbs/suspend.ts") },
  resume: { group: "Act", summary: "Continue suspended or interrupted runs", load: () => import("./verbs/resume.ts") },
  approve: {
    group: "Act",
    summary: "Approve a node that waits for a person",
    load: () => import("./verbs/approve.ts")
  },
  signal: { group: "Act", summary: "Give a waiting node its value", load: () => import("./verbs/signal.ts") },
  node: { group: "Act", summary: "Set the outputs of suspended nodes", load: () => import("./verbs/node.ts") },
  retry: { group: "Act", summary: "Run the failed part of a run again", load: () => import("./verbs/retry.ts") },
  compensate: { group: "Act", summary: "Undo what an ended run did", load: () => import("./verbs/compensate.ts") },
  resubmit: {
    group: "Act",
    summary: "Start a new run of the same definition and input",
    load: () => import("./verbs/resubmit.ts")
  },
  fork: {
    group: "Act",
    summary: "Start a new run from a node of an old one",
    load: () => import("./verbs/fork.ts")
  },
  delete: { group: "Keep", summary: "Delete runs", load: () => import("./verbs/delete.ts") },
  gc: { group: "Keep", summary: "Delete artifacts that nothing needs", load: () => import("./verbs/gc.ts") },
  cache: { group: "Keep", summary: "Show, explain and forget reused results", load: () => import("./verbs/cache.ts") },
  locks: { group: "Keep", summary: "Show semaphores, set limits", load: () => import("./verbs/locks.ts") },
  artifacts: { group: "Keep", summary: "List artifacts", load: () => import("./verbs/artifacts.ts") },
  cp: { group: "Keep", summary: "Copy artifacts of a run to this machine", load: () => import("./verbs/cp.ts") },
  export: { group: "Keep", summary: "Write an ended run into one file", load: () => import("./verbs/export.ts") },
  import: { group: "Keep", summary: "Add an exported run to a state file", load: () => import("./verbs/import.ts") },
  audit: { group: "Keep", summary: "Show who did what", load: () => import("./verbs/audit.ts") },
  webhooks: {
    group: "Keep",
    summary: "Show messages to webhooks that were not delivered",
    load: () => import("./verbs/webhooks.ts")
  },
  backup: { group: "Keep", summary: "Copy the state file while it is in use", load: () => import("./verbs/backup.ts") },
  restore: {
    group: "Keep",
    summary: "Make a state file of a backup",
    load: () => import("./verbs/restore.ts")
  },
  copy: {
    group: "Keep",
    summary: "Copy a state file to a database, or back",
    load: () => import("./verbs/copy.ts")
  },
  migrate: {
    group: "Keep",
    summary: "Let a run go on with another version; the schema of a database",
    load: () => import("./verbs/migrate.ts")
  },
  argo: {
    group: "Tools",
    summary: "Write a typed workflow as a manifest for Argo",
    load: () => import("./verbs/argo.ts")
  },
  "exec-node": {
    group: "Tools",
    summary: "Run one node inside a container, for exported manifests",
    load: () => import("./verbs/exec-node.ts")
  },
  health: {
    group: "Tools",
    summary: "Say whether the state file and its runs are well",
    load: () => import("./verbs/health.ts")
  },
  doctor: { group: "Tools", summary: "Check the state file and this machine", load: () => import("./verbs/doctor.ts") },
  completion: {
    group: "Tools",
    summary: "Print completions for a shell",
    load: () => import("./verbs/completion.ts")
  },
  version: { group: "Tools", summary: "Print the version", load: () => import("./verbs/version.ts") },
  help: { group: "Tools", summary: "Explain a verb", load: () => import("./verbs/help.ts") }
}
