import * as Effect from "effect/Effect"
import { type Exited, SpawnFailed } from "../Executor.ts"
import { ask, type EngineName, lastLine } from "./Engine.ts"

/** What the inits of docker and podman say of a command that is not there. */
const notFoundByInit = /^\[FATAL tini \(\d+\)\] exec .* failed|^ERROR \(catatonit:\d+\): failed to exec/

/** What engines say that have no init. */
const noInit = /container-init binary|docker-init|catatonit/

/** Whether a text is the complaint of an engine that has no init. */
export const tellsNoInit = (text: string): boolean => noInit.test(text) && !notFoundByInit.test(text)

/** Whether a container could not be started because the engine has no init. */
export const lacksInit = ({ message }: SpawnFailed): boolean => tellsNoInit(message)

/** How a container ended. Codes that may be the engine's own are told apart by what has become of the container. */
export const endOf = (
  engine: EngineName,
  container: string,
  image: string,
  exited: Exited
): Effect.Effect<Exited, SpawnFailed> => {
  const { code, stderr } = exited
  const why = lastLine(stderr)
  // Inits end with codes of their own.
  if (code !== 0 && notFoundByInit.test(why)) {
    return Effect.fail(new SpawnFailed(`failed to find name in PATH: ${why}`, true))
  }
  if (code < 125 || code > 128) return Effect.succeed(exited)
  const asked = ask(engine, ["inspect", "--type", "container", "--format", "{{.State.Status}}", container])
  return Effect.flatMap(asked, (answer) => {
    if (answer.stdout.trim() === "exited") return Effect.succeed(exited)
    const exists = answer.code === 0
    if (exists && code > 125) return Effect.fail(new SpawnFailed(`failed to find name in PATH: ${why}`, true))
    const message = `${engine} cannot run the image "${image}": ${why}. Try "${engine} pull ${image}"`
    return Effect.fail(new SpawnFailed(message, false, true))
  })
}
