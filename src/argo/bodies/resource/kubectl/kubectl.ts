/** Objects of a cluster, through the command kubectl as it is configured. */
import { messageFrom } from "../../../document/messageFrom.ts"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { runProgram } from "../../../../process/runProgram.ts"
import { BadArgument } from "../../../document/BadArgument.ts"
import type { Resource } from "../../../document/Manifest.ts"
import { JsonStream } from "./JsonStream.ts"
import { actionArguments, existenceArguments, watchArguments } from "./kubectlArguments.ts"

/** Does what the template says, and answers the object as the cluster has it; nothing of one that was deleted. */
export const act = (resource: Resource, directory: string): Effect.Effect<unknown, BadArgument> =>
  Effect.suspend(() => {
    const file = put(directory, "manifest", resource.manifest ?? "")
    const parts: Array<string> = []
    const done = run(actionArguments(resource, file), (text) => parts.push(text))
    return Effect.flatMap(done, () => resource.action === "delete" ? Effect.void : objectIn(parts.join(""), resource))
  })

/** What it printed may hold secrets. */
const objectIn = (text: string, { action }: Resource): Effect.Effect<unknown, BadArgument> =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new BadArgument(`kubectl ${action} returned ${text.length} characters that are not JSON`)
  })

/**
 * Pauses after a watch that ended, in milliseconds: a server ends them after some minutes, or is not there for a while.
 */
const pauses = [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]

/**
 * Follows an object until `verdict` answers something about it. A watch that ends is
 * begun again; kubectl failing seven times in a row without news in between is a failure.
 */
export const follow = <A>(
  object: unknown,
  directory: string,
  verdict: (object: unknown) => A | undefined
): Effect.Effect<A, BadArgument> =>
  Effect.gen(function* () {
    const file = put(directory, "object", JSON.stringify(object))
    for (let failures = 0;;) {
      let seen = 0
      const ended = yield* watch(file, (now) => (seen++, verdict(now)))
      if (!(ended instanceof BadArgument)) return ended.value
      // Who may not watch is still shown the object once, each time.
      failures = seen > 1 || (seen === 1 && ended === over) ? 0 : failures + 1
      if (seen === 0 && (yield* isGone(file))) {
        return yield* Effect.fail(new BadArgument(`${ended.message}: it was deleted`))
      }
      if (failures === pauses.length) return yield* Effect.fail(ended)
      yield* Effect.sleep(Duration.millis(pauses[failures]!))
    }
  })

/** Whether the cluster answers that there is no such object; not when it does not answer, or refuses to. */
const isGone = (file: string): Effect.Effect<boolean> => {
  const parts: Array<string> = []
  return Effect.match(run(existenceArguments(file), (text) => parts.push(text)), {
    onFailure: () => false,
    onSuccess: () => parts.join("").trim() === ""
  })
}

const over = new BadArgument("the watch ended")

const watch = <A>(
  file: string,
  verdict: (object: unknown) => A | undefined
): Effect.Effect<{ readonly value: A } | BadArgument> =>
  Effect.suspend(() => {
    const stream = new JsonStream()
    const decided = Deferred.makeUnsafe<{ readonly value: A }, BadArgument>()
    const onText = (text: string): void => {
      try {
        for (const object of stream.push(text)) {
          const value = verdict(object)
          if (value !== undefined) Deferred.doneUnsafe(decided, Effect.succeed({ value }))
        }
      } catch (error) {
        Deferred.doneUnsafe(decided, Effect.fail(new BadArgument(messageFrom(error))))
      }
    }
    const ended = Effect.andThen(run(watchArguments(file), onText), Effect.fail(over))
    return Effect.catch(Effect.raceFirst(Deferred.await(decided), ended), (error) => Effect.succeed(error))
  })

const run = (args: ReadonlyArray<string>, onText: (text: string) => void): Effect.Effect<void, BadArgument> =>
  Effect.matchEffect(runProgram("kubectl", args, { onText }), {
    onFailure: ({ message }) => Effect.fail(new BadArgument(`${message}. --kubectl needs the program in PATH`)),
    onSuccess: ({ code, stderr }) => {
      if (code === 0) return Effect.void
      return Effect.fail(new BadArgument(`kubectl ${args[0]}: ${stderr.trim().slice(-1_000) || `exit code ${code}`}`))
    }
  })

/** Manifests may hold secrets. */
const put = (directory: string, name: string, text: string): string => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
