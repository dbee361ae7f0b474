/** What has to be read before it can be shown: that it is read, what went wrong, or what was found. */
import type { ComponentChildren } from "preact"
import type { Loaded } from "../state/loaded.ts"
import { Banner, Loading } from "./Notice.tsx"

interface Props<A> {
  readonly of: Loaded<A>
  /** What is being done. */
  readonly label: string
  /** How many lines stand in its place. */
  readonly rows?: number
  readonly children?: (found: A) => ComponentChildren
}

/** An error, with the button that tries again what it ended. */
export const Failure = ({ again, text }: { readonly text: string; readonly again: () => void }) => (
  <Banner tone="error">
    {text} <button type="button" class="link" onClick={again}>Try again</button>
  </Banner>
)

/** It. */
export const Reading = <A extends object>({ children, label, of: { again, problem, value }, rows = 3 }: Props<A>) => {
  if (problem.value !== "") return <Failure text={problem.value} again={again} />
  if (value.value === undefined) return <Loading label={label} rows={rows} />
  return <>{children?.(value.value)}</>
}
