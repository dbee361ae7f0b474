/** Opens a database and a schema, starts a run and says when its second node works; then it waits. */
import process from "node:process"
import { open } from "../../../mod.ts"
import { slowWith } from "./slow.ts"

const slow = slowWith(() => {
  process.stdout.write("working\n")
  return new Promise(() => {})
})
const [, , url, schema = "pinnace"] = process.argv as [string, string, string, string?]
const pinnace = await open(url, { workflows: [slow], postgres: { schema } })
await pinnace.start(slow, undefined, { id: "r" })
