/** Whether the screen is narrow, as the styles mean it. */
import { signal } from "@preact/signals"

const query = matchMedia("(max-width: 700px)")

/** Whether it is. */
export const isNarrow = signal(query.matches)

query.addEventListener("change", (it) => void (isNarrow.value = it.matches))
