/** Where the page begins. */
import { render } from "preact"
import { connect } from "../api/connection.ts"
import { followAddress } from "../state/route.ts"
import { followSession } from "../state/session.ts"
import "../state/settings.ts"
import "../styles/page.css"
import { App } from "./App.tsx"

followAddress()
followSession()
connect()
render(<App />, document.getElementById("app")!)
