/** What an address can name: pages, the views of a run, the tabs of a node. Tests look at each of them. */

/** A page; `run` and `workflow` are those of one of them. */
export type Section = "runs" | "run" | "inbox" | "workflows" | "workflow" | "locks" | "schedules" | "file" | "diff"

/** A view of a run. */
export type ViewKey = "tree" | "graph" | "timeline" | "logs" | "artifacts" | "values" | "events"

/** A tab of a node. */
export type TabKey = "summary" | "why" | "values" | "attempts" | "logs" | "artifacts" | "cache" | "definition"
