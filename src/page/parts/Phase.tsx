/** A phase: by sign, colour and word. */
import { Icon, type Sign } from "./Icon.tsx"
import { toneOf } from "./tones.ts"

const signs: Readonly<Record<string, Sign>> = {
  Succeeded: "check",
  Failed: "cross",
  Error: "bang",
  Running: "dot",
  Pending: "hands",
  Skipped: "skip",
  Omitted: "dash"
}

const waits: Readonly<Record<string, string>> = {
  Permit: "Waits for a permit",
  Signal: "Waits for you",
  Suspended: "Waits for you",
  Retry: "Waits to retry",
  Timer: "Waits for its time"
}

/** The sign of a phase. */
export const PhaseDot = ({ phase, waiting = "" }: { readonly phase: string; readonly waiting?: string }) => {
  const tone = toneOf(phase, waiting)
  const sign = tone === "ask" ? "signal" : tone === "wait" ? "hands" : signs[phase] ?? "dot"
  return (
    <span class={`dot tone-${tone}`}>
      <Icon sign={sign} size={12} />
    </span>
  )
}

/** Its word: what it waits for, where it waits. */
export const phaseWord = (phase: string, waiting = ""): string => {
  const open = phase === "Running" || phase === "Pending"
  return open && waiting !== "" ? waits[waiting] ?? `Waits: ${waiting}` : phase
}

/** A phase as a badge. */
export const PhaseBadge = (
  { phase, status = phase, waiting = "" }: {
    readonly phase: string
    readonly waiting?: string
    readonly status?: string
  }
) => (
  <span class={`badge tone-${toneOf(phase, waiting)}`}>
    <PhaseDot phase={phase} waiting={waiting} />
    <span>{status === phase ? phaseWord(phase, waiting) : status}</span>
  </span>
)

/** How many are in which phase, the worst first. */
export const PhaseCounts = ({ counts }: { readonly counts: Readonly<Record<string, number>> }) => (
  <span class="counts">
    {["Failed", "Error", "Running", "Pending", "Succeeded", "Skipped", "Omitted"].filter((it) => (counts[it] ?? 0) > 0)
      .map((
        phase
      ) => (
        <span key={phase} class={`count tone-${phase.toLowerCase()}`} title={`${counts[phase]} ${phase}`}>
          <Icon sign={signs[phase]!} size={12} />
          {counts[phase]}
          <span class="unseen">{phase}</span>
        </span>
      ))}
  </span>
)
