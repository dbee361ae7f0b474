/**
 * The keyboard: what is on the page says which keys it takes while it is there.
 *
 * Owns: the keys of the parts that are shown, the begun `g`. Does not own: what they do.
 */
import { go } from "../state/route.ts"
import { isHelpOpen } from "./KeyHelp.tsx"
import { isPaletteOpen } from "./Palette.tsx"
import { pages } from "./pages.ts"

/** What keys do, by their names. */
export type Keys = Readonly<Record<string, () => void>>

const layers: Array<Keys> = []
let isGoing = false

/** Takes keys until the returned function is called; whoever came last is asked first. */
export const takeKeys = (keys: Keys): () => void => {
  layers.push(keys)
  return () => void layers.splice(layers.indexOf(keys), 1)
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null

const common: Keys = {
  "?": () => void (isHelpOpen.value = true),
  "/": () => document.querySelector<HTMLInputElement>("[data-filter]")?.focus()
}

const arrows: Readonly<Record<string, string>> = { ArrowDown: "j", ArrowUp: "k" }

/** Does what a key means here. */
export const handleKey = (event: KeyboardEvent): void => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault()
    if (document.querySelector("dialog[open]") === null) isPaletteOpen.value = true
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (document.querySelector("dialog[open]") !== null) return
  if (isGoing) {
    isGoing = false
    const to = pages.find(({ letter }) => letter === event.key)
    if (to !== undefined) go({ path: [to.key], query: {} })
    return
  }
  if (event.key === "g") return void (isGoing = true)
  // Whatever has the focus takes its own keys first.
  const isButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary") !== null
  if (isButton && (event.key === "Enter" || event.key === " ")) return
  const name = arrows[event.key] ?? event.key
  const action = layers.findLast((it) => Object.hasOwn(it, name))?.[name] ?? common[name]
  if (action === undefined) return
  event.preventDefault()
  action()
}
