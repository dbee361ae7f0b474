/** Filters of jq, by the program jq of this host: it can be ended when it does not end by itself. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { runProgram } from "../../../process/runProgram.ts"
import { BadArgument } from "../../document/BadArgument.ts"

const patience = Duration.seconds(30)

/** What a filter makes of an object, as `jq -rc` prints it; its files are put in a directory of the caller's. */
export const jqFilter = (filter: string, object: unknown, directory: string): Effect.Effect<string, BadArgument> =>
  Effect.suspend(() => {
    const fail = (why: string) => Effect.fail(new BadArgument(`jqFilter '${filter}' ${why}`))
    // A module is a file of this host.
    if (/^\s*(?:import|include)\b/.test(filter)) return fail("may not import modules")
    const [program, input] = [put(directory, "filter", filter), put(directory, "object", JSON.stringify(object))]
    const run = runProgram("jq", ["-rc", "-f", program, input], { isBare: true })
    return Effect.matchEffect(Effect.timeoutOption(run, patience), {
      onFailure: (error) =>
        error.notFound
          ? fail("needs the program jq, which is not on this host: install it, or use jsonPath")
          : fail(error.message),
      onSuccess: Option.match({
        onNone: () => fail(`was not done within ${Duration.format(patience)}`),
        onSome: ({ code, cut, stderr, stdout }) => {
          if (code !== 0) return fail(`failed: ${stderr.trim() || `exit code ${code}`}`)
          return cut ? fail("gave too much text") : Effect.succeed(stdout.trim())
        }
      })
    })
  })

const put = (directory: string, name: string, text: string): string => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
