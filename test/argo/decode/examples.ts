/** Manifests among Argo's own examples that need something a mere run does not give, or end otherwise here. */

/** One of them. */
export interface Example {
  /** Its path among Argo's examples. */
  readonly file: string
  readonly why: string
  /** What to do, or what happens here. */
  readonly here: string
}

/** All that are known. */
export const examples: ReadonlyArray<Example> = [
  {
    file: "timeouts-workflow.yaml",
    why:
      "Argo leaves pods Pending in a workflow that has ended by its deadline, and one in Error that its cluster could not place",
    here: "Every node has an end when the run has: what the deadline interrupts is Failed. The run is Failed as in Argo"
  },
  {
    file: "suspend-template-outputs.yaml",
    why: "It waits for a value that only a person can give; Argo too refuses to resume it without",
    here: "`pinnace node set suspend-outputs -p message=TEXT`, then `pinnace resume suspend-outputs`; it succeeds"
  },
  {
    file: "synchronization-db-mutex-tmpl-level.yaml",
    why: "Its nodes sleep one after the other, 250 seconds in all",
    here: "It succeeds, as in Argo"
  },
  {
    file: "forever.yaml",
    why: "It is made to run for a quarter of an hour",
    here: "Stop or terminate it"
  },
  {
    file: "variables-showcase.yaml",
    why: "Its container listens with `nc`, which images have and hosts may lack",
    here: "A host with python3 gets a stand-in; without, the node Fails: its shell does not find `nc`"
  }
]
