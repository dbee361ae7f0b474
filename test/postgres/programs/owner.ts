/** Opens the database of its argument, starts a run and prints its id when the second node works; then it waits. */
import process from "node:process"
import { open } from "../../../mod.ts"
import { slowWith } from "./slow.ts"

const slow = slowWith(() => {
  process.stdout.write("working\n")
  return new Promise(() => {})
})
const pinnace = await open(process.argv[2]!, { workflows: [slow] })
await pinnace.start(slow, undefined, { id: "r" })
