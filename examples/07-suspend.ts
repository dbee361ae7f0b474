// A node can wait for a person, for as long as it takes and
// across restarts. The value they send is checked by its schema.
import { open, Schema, signal, task, workflow } from "../mod.ts"

const approval = signal("approval", { by: Schema.String, approved: Schema.Boolean })
const build = task("build", { run: () => "v1.2.0" })
const deploy = task("deploy", {
  input: { version: Schema.String, by: Schema.String },
  run: ({ by, version }) => `${version} is live, approved by ${by}`
})

const release = workflow("release", {}, (w) => {
  const version = w.node("build", build)
  const answer = w.suspend(approval, { after: [version] })
  return w.node("deploy", deploy, {
    needs: { answer, version },
    when: ({ answer }) => answer.approved,
    input: ({ answer, version }) => ({ version, by: answer.by }),
    default: "nothing was deployed"
  })
})

const pinnace = await open(":memory:")
const run = await pinnace.start(release)
await run.waitFor("approval", "waiting")
for (const { because, path } of await run.why()) console.log(`${path}: ${because}`)

const wrong = await run.signal("approval", { by: "Ada" }).catch((error) => error._tag)
console.log("without `approved`:", wrong)
const answer = await run.signal("approval", { by: "Ada", approved: true })
console.log(answer.message)
console.log(await run.result())
await pinnace.close()
