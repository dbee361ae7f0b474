/** What a person chose for this browser: theme, and how times are told. */
import { effect, signal } from "@preact/signals"

/** How times are told. */
export type Times = "relative" | "local" | "utc"
/** Light, dark, or as the system says. */
export type Theme = "system" | "light" | "dark"

const kept = <A extends string>(name: string, all: ReadonlyArray<A>) => {
  const found = localStorage.getItem(`pinnace-${name}`) as A
  const value = signal<A>(all.includes(found) ? found : all[0]!)
  effect(() => localStorage.setItem(`pinnace-${name}`, value.value))
  return value
}

/** How times are told. */
export const times = kept<Times>("times", ["relative", "local", "utc"])
/** The theme. */
export const theme = kept<Theme>("theme", ["system", "light", "dark"])

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = theme.value
})
