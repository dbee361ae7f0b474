import * as Effect from "effect/Effect"
import { type Exited, SpawnFailed } from "../Executor.ts"
import { ask, type EngineName, lastLine } from "./Engine.ts"

/** How a container ended. Codes that may be the engine's own are told apart by what has become of the container. */
export const endOf = (
  engine: EngineName,
  container: string,
  image: string,
  exited: Exited
): Effect.Effect<Exited, SpawnFailed> => {
  const { code, stderr } = exited
  if (code < 125 || code > 128) return Effect.succeed(exited)
  const asked = ask(engine, ["inspect", "--type", "container", "--format", "{{.State.Status}}", container])
  return Effect.flatMap(asked, (answer) => {
    if (answer.stdout.trim() === "exited") return Effect.succeed(exited)
    const why = lastLine(stderr)
    const exists = answer.code === 0
    if (exists && code > 125) return Effect.fail(new SpawnFailed(`failed to find name in PATH: ${why}`, true))
    const message = `${engine} cannot run the image "${image}": ${why}. Try "${engine} pull ${image}"`
    return Effect.fail(new SpawnFailed(message, false, true))
  })
}
