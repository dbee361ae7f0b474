/** `pinnace webhooks`. */
import * as Effect from "effect/Effect"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { instant } from "../../run/instant.ts"
import { forgetDead, letters, type LetterView, retryDead } from "../../webhook/letters.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { withState, withView } from "../arguments/state.ts"
import { counted } from "../paint/counted.ts"
import { table } from "../paint/table.ts"
import { Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["json"] as const

const webhooks = (call: Call): Promise<number> => {
  const { flags, shell } = call
  const [isRetry, isForget] = [flags.on("retry"), flags.on("forget")]
  if (isRetry && isForget) throw new Usage("--retry and --forget: choose one")
  if (!isRetry && !isForget) return withView(shell, (pinnace) => show(call, pinnace))
  return withState(shell, async (pinnace) => {
    const many = await Effect.runPromise((isRetry ? retryDead : forgetDead)(pinnace.engine))
    shell.print(`${counted(many, "message")} ${isRetry ? "will be tried again" : "forgotten"}`)
    return 0
  })
}

const show = async (call: Call, pinnace: Pinnace): Promise<number> => {
  const { shell } = call
  const all = await Effect.runPromise(letters(pinnace.engine))
  if (outputOf(call, formats) === "json") shell.print(JSON.stringify(all, null, 2))
  else if (all.length === 0) shell.print("Every message to a webhook was delivered")
  else {table([["STATE", "EVENT", "RUN", "TRIES", "NEXT", "TO", "WHY"], ...all.map(rowOf)], shell.columns).forEach((
      line
    ) => shell.print(line)
    )}
  return all.some(({ state }) => state === "dead") ? 1 : 0
}

const rowOf = ({ event, host, nextAt, run, state, tries, why = "" }: LetterView): ReadonlyArray<string> => [
  state,
  event,
  run,
  String(tries),
  state === "dead" ? "" : instant(nextAt),
  host,
  why
]

/** The verb. */
export const verb: Verb = {
  usage: "[--retry | --forget]",
  about:
    "Shows messages to webhooks that were not delivered: those that wait to be tried again, and those that were given up after three days. The exit code is 1 where some were given up. The app that names the webhooks delivers them.",
  takes: [0, 0],
  options: {
    retry: { type: "boolean", about: "Have those delivered that were given up" },
    forget: { type: "boolean", about: "Remove those that were given up" },
    output: outputOption(formats)
  },
  examples: [["webhooks", "what was not delivered"], ["webhooks --retry", "once the receiver works again"]],
  run: webhooks
}
