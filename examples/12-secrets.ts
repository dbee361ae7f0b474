// A secret crosses the journal as a name. The provider gives its value at run time, to the body only.
import * as Redacted from "effect/Redacted"
import { open, Schema, secret, task, workflow } from "../mod.ts"

const logIn = task("log-in", {
  input: { user: Schema.String, password: Schema.Redacted(Schema.String) },
  run: async ({ password, user }, context) => {
    const pin = await context.secret("PIN")
    return `${user} used ${Redacted.value(password).length} letters and ${pin.length} digits`
  }
})
const session = workflow(
  "session",
  { input: { password: Schema.Redacted(Schema.String) } },
  (w) => w.node("log-in", logIn, { input: { user: "ada", password: w.input.password } })
)

const vault: Record<string, string> = { PASSWORD: "open sesame", PIN: "1234" }
const pinnace = await open(":memory:", { secrets: (name) => vault[name] })
const run = await pinnace.start(session, { password: secret("PASSWORD") })
console.log(await run.result())
console.log("recorded:", JSON.stringify((await run.nodes({ values: true }))[0]?.input))

const clear = await pinnace.run(session, { password: Redacted.make("open sesame") }).catch((error) => error._tag)
console.log("in clear text:", clear)
await pinnace.close()
