/** The frame of every page: where one can go, how the connection stands, what is shown. */
import { useEffect } from "preact/hooks"
import { standing } from "../api/connection.ts"
import { section } from "../state/route.ts"
import { session } from "../state/session.ts"
import { Banner } from "../parts/Notice.tsx"
import { RunsPage } from "../views/runs/RunsPage.tsx"
import { RunPage } from "../views/run/RunPage.tsx"
import { Unknown } from "../views/Unknown.tsx"
import { Connection } from "./Connection.tsx"
import { handleKey } from "./keys.ts"
import { isHelpOpen, KeyHelp } from "./KeyHelp.tsx"
import { Rail } from "./Rail.tsx"
import { Toasts } from "./Toasts.tsx"
import { TokenForm } from "./TokenForm.tsx"
import { place } from "../state/route.ts"

const Page = () => {
  const { path } = place.value
  if (section.value === "runs") return path[1] === undefined ? <RunsPage /> : <RunPage key={path[1]} id={path[1]} />
  return <Unknown />
}

/** The page. */
export const App = () => {
  useEffect(() => {
    addEventListener("keydown", handleKey)
    return () => removeEventListener("keydown", handleKey)
  }, [])
  if (standing.value.is === "refused") return <TokenForm />
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById("main")!.focus()
        }}
      >
        Skip to the content
      </a>
      <Rail />
      <main id="main" tabIndex={-1}>
        <Connection />
        {session.value?.readOnly === true && (
          <Banner tone="info">
            This server only shows runs. To act on them, start it without <code>--read-only</code>.
          </Banner>
        )}
        <Page />
      </main>
      <Toasts />
      {isHelpOpen.value && <KeyHelp />}
    </div>
  )
}
