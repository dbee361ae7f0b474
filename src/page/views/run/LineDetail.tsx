/** One line of a log as a whole: all of its text, who wrote it and when, and what else that node wrote. */
import type { LogLine } from "../../api/wire.ts"
import { Copy } from "../../parts/Command.tsx"
import { Icon } from "../../parts/Icon.tsx"
import { pieces } from "../../parts/ansi.ts"
import { show } from "../../state/route.ts"
import { times } from "../../state/settings.ts"
import { exact } from "../../state/words.ts"

/** The text with its colours. */
export const LineText = ({ level, text }: Pick<LogLine, "level" | "text">) => (
  <span class="line-text">
    {level !== "info" && <b class="line-level">{level}</b>}
    {pieces(text).map(({ bold, color, text: piece }, at) => (
      <span key={at} class={`${color === undefined ? "" : `ansi-${color}`} ${bold === true ? "ansi-bold" : ""}`}>
        {piece}
      </span>
    ))}
  </span>
)

/** The line. */
export const LineDetail = ({ line, name }: { readonly line: LogLine; readonly name: string }) => {
  const { at, attempt, level, path, text } = line
  return (
    <section class={`line-detail level-${level}`} aria-label="The chosen line">
      <header>
        <button type="button" class="link" onClick={() => show({ node: path, tab: "" })}>{name}</button>
        <span class="faint">{exact(at, times.value === "utc")}</span>
        {attempt > 1 && <span class="faint">attempt {attempt}</span>}
        <div class="grow" />
        <button type="button" onClick={() => show({ of: path, try: "", line: "" })}>Only {name}</button>
        {attempt > 1 && (
          <button type="button" onClick={() => show({ of: path, try: String(attempt), line: "" })}>
            Only this attempt
          </button>
        )}
        <Copy text={text} label="Copy the line" />
        <button
          type="button"
          class="quiet icon-button"
          aria-label="Close the line"
          onClick={() => show({ line: "" }, true)}
        >
          <Icon sign="close" />
        </button>
      </header>
      <pre tabIndex={0} role="region" aria-label="Its text"><LineText level={level} text={text} /></pre>
    </section>
  )
}
