/** What whoever runs the server tells all who look at it, such as what is wrong with what was saved last. */
import { session } from "../state/session.ts"
import { Banner } from "../parts/Notice.tsx"

/** Nothing while there is nothing to tell. */
export const Board = () => {
  const notice = session.value?.board
  if (notice === undefined || notice === null) return null
  return (
    <Banner tone="error">
      <strong>{notice.title}</strong>
      {notice.lines.length > 0 && <pre class="board-lines">{notice.lines.join("\n")}</pre>}
    </Banner>
  )
}
