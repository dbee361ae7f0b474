/** A program that starts many groups at once, more than it may have descriptors for, and one when they have ended. */
import process from "node:process"
import * as Effect from "effect/Effect"
import { Groups } from "../../src/process/group/Groups.ts"
import { runGroup } from "../../src/process/group/runGroup.ts"

const groups = new Groups()
const run = (script: string): Promise<string> => {
  const launch = { program: "sh", args: ["-c", script], env: process.env, cwd: "/", grace: 2_000, onOutput: undefined }
  return Effect.runPromise(Effect.match(runGroup(launch, groups), {
    onFailure: ({ message }) => message,
    onSuccess: ({ stdout }) => stdout
  }))
}
const ends = await Promise.all(Array.from({ length: 100 }, () => run("sleep 0.3; echo ended")))
console.log(JSON.stringify([...new Set(ends)].map((it) => it.slice(0, 20))))
console.log(await run("echo again >/dev/stdout"))
groups.close()
