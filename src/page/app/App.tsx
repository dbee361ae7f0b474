/** The frame of every page: where one can go, how the connection stands, what is shown. */
import { useLayoutEffect } from "preact/hooks"
import { standing } from "../api/connection.ts"
import { isReadOnly, session } from "../state/session.ts"
import { Banner } from "../parts/Notice.tsx"
import { Announcer } from "./Announcer.tsx"
import { Board } from "./Board.tsx"
import { Connection } from "./Connection.tsx"
import { handleKey } from "./keys.ts"
import { isHelpOpen, KeyHelp } from "./KeyHelp.tsx"
import { isPaletteOpen, Palette } from "./Palette.tsx"
import { Page } from "./Page.tsx"
import { Rail } from "./Rail.tsx"
import { Toasts } from "./Toasts.tsx"
import { TokenDialog, TokenPage } from "./TokenForm.tsx"

/** The page. */
export const App = () => {
  useLayoutEffect(() => {
    addEventListener("keydown", handleKey)
    return () => removeEventListener("keydown", handleKey)
  }, [])
  const isRefused = standing.value.is === "refused"
  if (isRefused && session.value === undefined) return <TokenPage />
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
        <Board />
        {isReadOnly() && (
          <Banner tone="info">
            This server only shows runs. To act on them, start it without <code>--read-only</code>.
          </Banner>
        )}
        <Page />
      </main>
      <Toasts />
      <Announcer />
      {isHelpOpen.value && <KeyHelp />}
      {isPaletteOpen.value && <Palette />}
      {isRefused && <TokenDialog />}
    </div>
  )
}
