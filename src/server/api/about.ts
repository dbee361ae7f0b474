/** What each route of our API is for, and what its query may hold: for the document that describes it. */

/** What is said of a route. */
export interface About {
  readonly about: string
  readonly query?: ReadonlyArray<string>
}

/** By method and path beneath the API. */
export const abouts: Readonly<Record<string, About>> = {
  "GET /session": { about: "Who asks, and what the server can do" },
  "GET /openapi.json": { about: "This document" },
  "GET /workflows": {
    about: "The workflows that this server can start, of code and of manifests, and files that cannot be read",
    query: ["statistics"]
  },
  "GET /workflows/:name": { about: "A workflow with JSON Schemas of what it takes, gives and waits for" },
  "GET /workflows/:name/history": { about: "How the last runs of a workflow went, and which definitions they have" },
  "GET /histogram": {
    about: "How many runs began when, and how they went; the filter is that of runs",
    query: ["phase", "workflow", "labels", "text", "createdAfter", "createdBefore"]
  },
  "GET /runs": {
    about: "Runs, newest first, a page at a time",
    query: [
      "phase",
      "workflow",
      "labels",
      "fields",
      "text",
      "prefix",
      "held",
      "resubmitted",
      "createdAfter",
      "createdBefore",
      "startedAfter",
      "startedBefore",
      "endedAfter",
      "endedBefore",
      "before",
      "skip",
      "limit"
    ]
  },
  "POST /runs": { about: "Starts a workflow by its name, or the workflow of manifests" },
  "POST /runs/import": { about: "Takes in the archive of a run" },
  "GET /runs/:id": { about: "A run with its nodes as columns" },
  "GET /runs/:id/status": { about: "A run as it is now" },
  "GET /runs/:id/nodes": { about: "The nodes of a run", query: ["values"] },
  "GET /runs/:id/node": { about: "One node with its values, attempts and artifacts", query: ["path"] },
  "GET /runs/:id/opening": {
    about: "A run as its events make it, up to one of them: whoever follows goes on from there"
  },
  "GET /runs/:id/undoable": { about: "How many nodes that began say how they are undone" },
  "GET /runs/:id/tree": { about: "A run as a tree" },
  "GET /runs/:id/graph": { about: "Which node waits for which" },
  "GET /runs/:id/plan": { about: "The recorded plan of a typed run, as JSON text" },
  "GET /runs/:id/timeline": { about: "When each node waited and worked, and the critical path" },
  "GET /runs/:id/estimate": { about: "How many milliseconds an open run will still take, by earlier ones, or null" },
  "GET /runs/:id/cache": { about: "Which results were reused, and why others were computed", query: ["path"] },
  "GET /runs/:id/diff": { about: "What differs from another run", query: ["with"] },
  "GET /runs/:id/overlay": { about: "When its nodes worked, beside those of another run", query: ["with"] },
  "GET /runs/:id/events": {
    about: "Events, or a stream of them as server-sent events",
    query: ["after", "limit", "path"]
  },
  "GET /runs/:id/logs": {
    about: "Lines of logs, and a search in all of them",
    query: ["path", "attempt", "level", "grep", "after", "limit", "tail"]
  },
  "GET /runs/:id/logs.txt": { about: "All lines as text", query: ["path", "attempt", "level"] },
  "GET /runs/:id/artifacts": { about: "What the nodes of a run have saved" },
  "GET /runs/:id/definition": { about: "The definition that is kept for a run" },
  "GET /runs/:id/why": { about: "Why a run or a node is not running", query: ["path"] },
  "GET /runs/:id/ending": { about: "How a run ended; 202 when it has not within the time", query: ["within"] },
  "GET /runs/:id/wait": {
    about: "A node once it is there; 202 when it is not within the time",
    query: ["node", "until", "within"]
  },
  "GET /runs/:id/export": { about: "An ended run as an archive" },
  "POST /runs/:id/stop": { about: "Ends the main part, then runs exit handlers" },
  "POST /runs/:id/terminate": { about: "Ends everything at once; with `compensate` what was done is undone first" },
  "POST /runs/:id/suspend": { about: "Lets nothing new begin" },
  "POST /runs/:id/resume": { about: "Lets a suspended run go on" },
  "POST /runs/:id/signal": { about: "Gives a waiting node its value" },
  "POST /runs/:id/approve": { about: "Approves a waiting node" },
  "POST /runs/:id/retry": { about: "Runs the failed part again, or says what that would be", query: ["plan"] },
  "POST /runs/:id/compensate": { about: "Undoes what an ended run did, or says what that would be", query: ["plan"] },
  "POST /runs/:id/resubmit": { about: "Starts a new run of the same, or says what that would be", query: ["plan"] },
  "POST /runs/:id/fork": {
    about: "Starts a new run from a node of this one, or says what that would be",
    query: ["plan"]
  },
  "DELETE /runs/:id": { about: "Deletes a run", query: ["force"] },
  "GET /file": { about: "What is found in the state file; `deep` reads all of it", query: ["deep"] },
  "GET /file/copy": { about: "A consistent copy of the state file" },
  "POST /file/copy": { about: "A link to a copy of the state file that opens for a minute" },
  "GET /schedules": { about: "Schedules and CronWorkflows: when they are due, and what became of their instants" },
  "POST /schedules/:name/pause": { about: "Skips the instants of a schedule from now on" },
  "POST /schedules/:name/resume": { about: "Lets a paused schedule go on" },
  "POST /schedules/:name/trigger": { about: "Starts a run of a schedule for one instant" },
  "POST /schedules/:name/backfill": {
    about: "Starts runs for instants of the past, or says how many that would be",
    query: ["plan"]
  },
  "POST /schedules/:name/backfill/stop": { about: "Starts nothing more of a backfill" },
  "GET /artifacts": { about: "Artifacts, in the order of their ids", query: ["run", "state", "after", "limit"] },
  "GET /artifacts/:artifact": { about: "An artifact" },
  "GET /artifacts/:artifact/bytes": { about: "Its stored bytes, by ranges", query: ["download", "plain"] },
  "POST /artifacts/:artifact/ticket": { about: "A link to its bytes that opens for a minute", query: ["download"] },
  "PUT /artifacts/:artifact/pin": { about: "Keeps an artifact, or no longer" },
  "POST /gc": { about: "Deletes artifacts that nothing needs any more" },
  "POST /sweep": { about: "Removes bytes that no artifact names" },
  "GET /locks": { about: "Semaphores with their holders and queues" },
  "PUT /locks": { about: "Sets a stored limit" },
  "POST /locks/break": { about: "Takes the permits of a node away" },
  "GET /stuck": { about: "Everything that does not move, with its reason", query: ["named"] },
  "GET /stream": { about: "One stream of lines of JSON for runs and the list", query: ["runs", "list"] },
  "POST /stream/:sid": { about: "Changes what a stream carries" },
  "POST /command": { about: "Does a command line, and tells what it prints" }
}
