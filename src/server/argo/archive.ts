/** The archive: ended runs by their uid. They are the same runs, so who merges both lists by uid sees each once. */
import { isTerminal, PHASES } from "../../run/Phase.ts"
import { json } from "../http/reply.ts"
import type { Route } from "../http/Route.ts"
import type { Site } from "../Site.ts"
import { perform, resubmit, retry } from "./actions.ts"
import { answerRun, type Call, runOfUid, version } from "./asked.ts"
import { shownLabels } from "./identity.ts"
import { answerList } from "./runs.ts"

const base = "/api/v1/archived-workflows"

const ended = { phases: PHASES.filter(isTerminal) }

const list = (call: Call): Promise<Response> => {
  const query = new URLSearchParams(call.query)
  const prefix = query.get("namePrefix")
  if (prefix !== null && prefix !== "") {
    query.set("nameFilter", "Prefix")
    query.set("listOptions.fieldSelector", `metadata.name=${prefix}`)
  }
  return answerList({ ...call, query }, ended)
}

/** Labels of ended runs. */
const labels = async ({ site }: Call): Promise<ReadonlyArray<readonly [string, string]>> =>
  (await site.pinnace.list({ ...ended, limit: Infinity })).flatMap((run) => [
    ...Object.entries(shownLabels(run.labels)),
    ["workflows.argoproj.io/phase", run.phase] as const
  ])

const items = (values: ReadonlyArray<string>): Response => json({ items: [...new Set(values)].sort() }, 200, version)

/** The routes. */
export const archiveRoutes: ReadonlyArray<Route<Site>> = [
  { method: "GET", pattern: base, heavy: "answer", answer: list },
  {
    method: "GET",
    pattern: `${base}-label-keys`,
    heavy: "answer",
    answer: async (call) => items((await labels(call)).map(([key]) => key))
  },
  {
    method: "GET",
    pattern: `${base}-label-values`,
    heavy: "answer",
    answer: async (call) => {
      const wanted = call.query.get("listOptions.labelSelector") ?? ""
      return items((await labels(call)).filter(([key]) => key === wanted).map(([, value]) => value))
    }
  },
  {
    method: "GET",
    pattern: `${base}/:uid`,
    heavy: "answer",
    answer: async (call) => answerRun(call, (await runOfUid(call.site, call.params["uid"]!)).id)
  },
  {
    method: "DELETE",
    pattern: `${base}/:uid`,
    acts: true,
    answer: async (call) => {
      await (await runOfUid(call.site, call.params["uid"]!)).delete({ force: true })
      return json({}, 200, version)
    }
  },
  {
    method: "PUT",
    pattern: `${base}/:uid/retry`,
    acts: true,
    answer: async (call) => perform(call, await runOfUid(call.site, call.params["uid"]!), retry)
  },
  {
    method: "PUT",
    pattern: `${base}/:uid/resubmit`,
    acts: true,
    answer: async (call) => perform(call, await runOfUid(call.site, call.params["uid"]!), resubmit)
  }
]
