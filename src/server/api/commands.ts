/** What can be done about a run. Answers are the engine's; what it refuses is 409 with its reason. */
import type { RunHandle } from "../../embed/RunHandle.ts"
import type { Answer } from "../../engine/control/Answer.ts"
import type { Json } from "../../run/Event.ts"
import { API } from "../Api.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { compensate, fork, resubmit, retry } from "./again.ts"
import { bodyOf, type Call, flagOf, nodeOf, runOf } from "./asked.ts"
import { useRoutes } from "./command.ts"
import { BadRequest } from "./failed.ts"

type Body = Readonly<Record<string, unknown>>

/** A route that does something about the run of the path. */
const command = (
  name: string,
  act: (run: RunHandle, body: Body, call: Call) => Promise<unknown>
): Route<Site> => ({
  method: "POST",
  pattern: `${API}/runs/:id/${name}`,
  acts: true,
  answer: async (call) => json(await act(await runOf(call), await bodyOf(call), call) ?? null)
})

/** The routes. */
export const commandRoutes: ReadonlyArray<Route<Site>> = [
  ...useRoutes,
  command("retry", retry),
  command("compensate", compensate),
  command("resubmit", resubmit),
  command("fork", fork),
  command("stop", (run, body, call): Promise<Answer> => run.stop(messageOf(body, call))),
  command(
    "terminate",
    (run, body, call): Promise<Answer> => run.terminate({ ...said(messageOf(body, call)), ...undoesOf(body) })
  ),
  command("suspend", (run) => run.suspend()),
  command("resume", (run) => run.resume()),
  command("signal", (run, body) => run.signal(nodeOf(body), body["value"] as Json)),
  command("approve", (run, body) => run.approve(nodeOf(body))),
  {
    method: "DELETE",
    pattern: `${API}/runs/:id`,
    acts: true,
    answer: async (call) => {
      await (await runOf(call)).delete({ force: flagOf(call.query, "force") })
      return json(null)
    }
  }
]

const said = (message: string | undefined) => (message === undefined ? {} : { message })

const undoesOf = ({ compensate }: Body) => (compensate === undefined ? {} : { compensate: compensate as boolean })

/** What is recorded as the reason: what was said, else who did it, where that has a name. */
const messageOf = ({ message }: Body, { who }: Call): string | undefined => {
  if (typeof message === "string") return message
  if (message !== undefined) throw new BadRequest('"message" is text')
  return who === "" || who === "token" ? undefined : `by ${who}`
}
