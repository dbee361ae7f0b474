/** Says that the connection is lost, when it is tried again, and what to do. */
import { signal, useSignalEffect } from "@preact/signals"
import { hurry, standing } from "../api/connection.ts"
import { Banner } from "../parts/Notice.tsx"

const left = signal(0)

/** Nothing while the connection is there. */
export const Connection = () => {
  useSignalEffect(() => {
    const it = standing.value
    if (it.is !== "lost") return
    const at = performance.now() + it.again
    const count = (): void => void (left.value = Math.max(0, Math.ceil((at - performance.now()) / 1_000)))
    count()
    const timer = setInterval(count, 500)
    return () => clearInterval(timer)
  })
  const it = standing.value
  if (it.is !== "lost") return null
  return (
    <Banner tone="warning">
      <strong>The connection to the server is lost.</strong> What you see is as it was then. Start the server again with
      {" "}
      <code>pinnace ui</code>; {left.value > 0 ? `next try in ${left.value} s.` : "trying again."}{" "}
      <button type="button" class="link" onClick={hurry}>Try now</button>
    </Banner>
  )
}
