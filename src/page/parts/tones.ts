/** How phases are painted: a wait is a state of its own. Pure. */

/** The tone of a phase, or of what an open node waits for. */
export const toneOf = (phase: string, waiting = ""): string => {
  const open = phase === "Running" || phase === "Pending"
  return open && waiting !== ""
    ? (waiting === "Signal" || waiting === "Suspended" ? "ask" : "wait")
    : phase.toLowerCase()
}
