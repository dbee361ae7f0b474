/** Says where one is to those who do not see it, and puts the focus there: after another page was gone to. */
import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { place } from "../state/route.ts"
import { pages } from "./pages.ts"

const titleOf = ([key = "", name = "", other = ""]: ReadonlyArray<string>): string => {
  if (key === "diff") return `Differences of ${name} and ${other}`
  if (key === "runs" && name !== "") return `Run ${name}`
  return pages.find((it) => it.key === key)?.title ?? "Page"
}

/** The text that is read out. */
export const Announcer = () => {
  const said = useSignal("")
  const isFirst = useRef(true)
  const { path } = place.value
  useEffect(() => {
    if (isFirst.current) return void (isFirst.current = false)
    said.value = titleOf(path)
    // A dialog keeps the focus, and what is typed into stays.
    const at = document.activeElement
    if (at?.closest("dialog, input, textarea, select") === null || at === null) {
      document.getElementById("main")?.focus({ preventScroll: true })
    }
  }, [path.join("/")])
  return <p class="unseen" role="status" aria-label="The page">{said.value}</p>
}
