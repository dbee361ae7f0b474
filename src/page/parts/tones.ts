/** How phases are painted: a wait is a state of its own. Pure. */

/** The tone of a phase, or of what an open node waits for. */
export const toneOf = (phase: string, waiting = ""): string => {
  const open = phase === "Running" || phase === "Pending"
  return open && waiting !== ""
    ? (waiting === "Signal" || waiting === "Suspended" ? "ask" : "wait")
    : phase.toLowerCase()
}

/** The signs of tones on a canvas. */
export const glyphs: Readonly<Record<string, string>> = {
  succeeded: "✓",
  failed: "✕",
  error: "!",
  running: "●",
  pending: "○",
  skipped: "»",
  omitted: "–",
  wait: "◷",
  ask: "➤"
}

/** The colours of tones. */
export const tones: Readonly<Record<string, string>> = {
  succeeded: "good",
  failed: "bad",
  error: "bad",
  running: "now",
  wait: "wait",
  ask: "ask"
}
