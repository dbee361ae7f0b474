/** Offers places of pools until this process is asked to end: what `pinnace worker` does. */
import process from "node:process"
import type { PlacedTold } from "../../engine/pools/PlacedTold.ts"
import { span } from "../../run/instant.ts"
import { millis } from "../../workflow/millis.ts"
import { countFault, durationFault, nameFault, sentence } from "../../workflow/values.ts"
import { refuseMissing } from "../arguments/state.ts"
import type { Shell } from "../Shell.ts"
import { Usage } from "../Usage.ts"
import type { Call, Flags } from "../Verb.ts"
import { readSource } from "../arguments/startRequest.ts"
import { isModule, loadOptionsOf, manifestsOf } from "../arguments/source.ts"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { openToExecute } from "./openToExecute.ts"
import { servedModules } from "./servedModules.ts"
import { untilLeft } from "./untilLeft.ts"

/** Offers them; answers the exit code. */
export const offerPlaces = async (call: Call): Promise<number> => {
  const { args, flags, shell } = call
  const pools = poolsOf(flags)
  const drain = drainOf(flags)
  refuseMissing(shell)
  const { workflows } = await servedModules(args.filter(isModule))
  const all = [...shell.workflows, ...workflows] as unknown as ReadonlyArray<never>
  const revive = { manifest: await reviverOf(call) }
  const pinnace = await openToExecute(shell.db, {
    actor: shell.actor,
    workflows: all,
    pools,
    takeOver: false,
    revive,
    onPlaced: tellTo(shell)
  })
  try {
    const places = Object.entries(pools).map(([name, many]) => `${name}=${many}`).join(", ")
    shell.complain(`Offering ${places} to ${shell.shownDb}. Ctrl-C ends it, or: kill ${process.pid}`)
    return await untilLeft()
  } finally {
    await pinnace.close(drain === undefined ? undefined : { drain })
  }
}

/** Manifests are kept with their runs, but for what Secrets hold: files that are named here say that. */
const reviverOf = async (call: Call): Promise<(text: string) => SomeWorkflow> => {
  const { args, shell } = call
  const source = readSource({ ...call, args: args.filter((it) => !isModule(it)) })
  const [files, options] = [await manifestsOf(source), await loadOptionsOf(source, shell)]
  const { loadKept } = await import("../../argo/document/load.ts")
  return (text) => loadKept(text, files, options) as unknown as SomeWorkflow
}

/** A line for each body that begins or ends. */
const tellTo = ({ complain }: Shell) => ({ attempt, ended, node, pool, refused, run }: PlacedTold): void => {
  const what = `${pool}: ${run} ${node}`
  const which = attempt > 1 ? ` (attempt ${attempt})` : ""
  if (refused !== undefined) return complain(`${what} is left to other workers: ${refused}`)
  if (ended === undefined) return complain(`${what} begins${which}`)
  const why = ended.message === undefined || ended.how === "left" ? "" : `: ${ended.message}`
  complain(
    `${what} ${ended.how === "left" ? "was interrupted" : `ended ${ended.how}`} after ${span(ended.millis)}${why}`
  )
}

const poolsOf = (flags: Flags): Readonly<Record<string, number>> => {
  const given = flags.all("pool")
  if (given.length === 0) throw new Usage("name a pool and its places: --pool gpu=2")
  return Object.fromEntries(given.map(poolOf))
}

const poolOf = (text: string): readonly [string, number] => {
  const at = text.lastIndexOf("=")
  const name = at < 0 ? text : text.slice(0, at)
  const places = at < 0 ? 1 : Number(text.slice(at + 1) || NaN)
  if (countFault(places, { least: 1 }) !== undefined) {
    throw new Usage(`--pool ${text}: write a whole number from 1 after "=", as in --pool ${name || "gpu"}=2`)
  }
  const fault = nameFault(name, 128)
  if (fault !== undefined) throw new Usage(`--pool ${text}: ${sentence(`"${text}"`, fault)}`)
  return [name, places]
}

const drainOf = (flags: Flags): number | undefined => {
  const text = flags.text("drain")
  if (text === undefined) return undefined
  const drain = millis(text as never)
  const fault = durationFault(drain, { forever: true })
  if (fault !== undefined) throw new Usage(`--drain ${text}: ${sentence(`"${text}"`, fault)}`)
  return drain
}
