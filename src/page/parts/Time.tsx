/** Instants and durations. */
import { now, until } from "../state/clock.ts"
import { times } from "../state/settings.ts"
import { duration, exact, relative, short } from "../state/words.ts"

/** An instant as the reader likes it; the exact one on hover. */
export const Time = ({ at }: { readonly at: number | undefined }) => {
  if (at === undefined || at === 0) return <span class="faint">–</span>
  const utc = times.value === "utc"
  const text = times.value === "relative" ? relative(at, now.value) : short(at, now.value, utc)
  return <time dateTime={new Date(at).toISOString()} title={exact(at, utc)}>{text}</time>
}

/** How long something took, or takes so far. */
export const Took = ({ from, to }: { readonly from: number | undefined; readonly to: number | undefined }) => {
  if (from === undefined || from === 0) return <span class="faint">–</span>
  const isOpen = to === undefined || to === 0
  return <span class={isOpen ? "took open" : "took"}>{duration((isOpen ? until() : to) - from)}</span>
}
