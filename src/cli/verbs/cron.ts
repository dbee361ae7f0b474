/** `pinnace cron`. */
import process from "node:process"
import { openToExecute } from "../running/openToExecute.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import type { LoadedCron } from "../../argo/mod.ts"
import { cronList } from "../running/cronList.ts"
import { usage } from "../help.ts"
import { CronNotices } from "../running/CronNotices.ts"
import { isLeaving, leftSentence, onLeave } from "../running/onLeave.ts"
import { outputOf, outputOption } from "../arguments/outputOption.ts"
import { isModule, labelOfSource, loadOptionsOf, manifestsOf, type Source } from "../arguments/source.ts"
import { meansOptions } from "../arguments/definitionOptions.ts"
import { executorOption, readSource } from "../arguments/startRequest.ts"
import { exitCodes, Usage } from "../Usage.ts"
import type { Call, Verb } from "../Verb.ts"

const formats = ["plain", "ndjson", "json"] as const

const cron = async (call: Call): Promise<number> => {
  const isList = call.args[0] === "list" || call.flags.on("dry-run")
  const named = call.args[0] === "list" ? { ...call, args: call.args.slice(1) } : call
  if (named.args.length === 0) throw new Usage(`cron needs FILE…\n${usage(call.shell.program, "cron", verb)}`)
  if (named.args.includes("-")) {
    throw new Usage("cron needs files that can be read again, not -")
  }
  const module = named.args.find(isModule)
  if (module !== undefined) {
    throw new Usage(
      `cron runs CronWorkflows of manifests, and ${module} is a module. An app keeps its schedules: open(file, { schedules })`
    )
  }
  const source = readSource(named)
  const crons = await loaded(named, source)
  const format = outputOf(call, formats)
  if (isList) return cronList(named, crons, format === "json")
  if (format === "json") throw new Usage("-o json is for cron list: use -o ndjson")
  return keep(named, crons, source, format === "ndjson")
}

const loaded = async ({ shell }: Call, source: Source) => {
  const { loadCrons } = await import("../../argo/mod.ts")
  const { workflow: _, ...options } = await loadOptionsOf(source, shell)
  return loadCrons(await manifestsOf(source), options)
}

/** Keeps them going until they have all come to their end, or somebody interrupts. */
const keep = async (
  call: Call,
  crons: ReadonlyArray<LoadedCron>,
  source: Source,
  asData: boolean
): Promise<number> => {
  const { CronKeeper } = await import("../../argo/mod.ts")
  const { shell } = call
  const pinnace = await openToExecute(shell.db, { actor: shell.actor })
  const interrupts = listen()
  try {
    const over = crons.map(({ cron, workflow }) => {
      const ended = Promise.withResolvers<void>()
      const notices = new CronNotices(shell, pinnace, cron, asData, ended.resolve)
      const labels = labelOfSource({ ...source, workflow: cron.name })
      const keeper = new CronKeeper({ engine: pinnace.engine, cron, workflow, labels, tell: notices.tell })
      keeper.begin()
      return { keeper, ended: ended.promise }
    })
    const all = Promise.all(over.map(({ ended }) => ended)).then(() => 0)
    const code = await Promise.race([all, interrupts.first, interrupts.left])
    for (const { keeper } of over) keeper.end()
    if (isLeaving(code)) return leave(call, pinnace, code)
    const second = await letEnd(call, pinnace, interrupts, code === 0)
    return second === undefined ? code : leave(call, pinnace, second)
  } finally {
    interrupts.end()
    await pinnace.close()
  }
}

const openRuns = ({ engine }: Pinnace): ReadonlyArray<string> =>
  [...engine.live.values()].map(({ ledger }) => ledger.row.id)

/** What runs is left for the next time. */
const leave = ({ shell }: Call, pinnace: Pinnace, code: number): number => {
  const open = openRuns(pinnace)
  if (open.length > 0) shell.complain(leftSentence(shell, open))
  return code
}

/**
 * What runs may go on to its end; a second interrupt, or a signal to
 * leave, leaves it for the next time. Answers the exit code then.
 */
const letEnd = async (
  { shell }: Call,
  pinnace: Pinnace,
  interrupts: Interrupts,
  isOver: boolean
): Promise<number | undefined> => {
  const open = openRuns(pinnace)
  if (open.length === 0) return undefined
  if (!isOver) {
    shell.complain(`Nothing more is started. Waiting for ${open.join(", ")}; again to leave now, and go on next time`)
  }
  const ended = Promise.all(open.map(async (id) => (await pinnace.get(id))?.ending())).then(() => undefined)
  return Promise.race([ended, interrupts.second, interrupts.left])
}

/** Each resolves with the exit code: at the first and the second Ctrl-C, and when this process is asked to leave. */
interface Interrupts {
  readonly first: Promise<number>
  readonly second: Promise<number>
  readonly left: Promise<number>
  readonly end: () => void
}

const listen = (): Interrupts => {
  const [first, second, left] = [1, 2, 3].map(() => Promise.withResolvers<number>()) as [Told, Told, Told]
  let count = 0
  const heard = (): void => (++count === 1 ? first : second).resolve(exitCodes.interrupted)
  process.on("SIGINT", heard)
  const unleave = onLeave(left.resolve)
  return {
    first: first.promise,
    second: second.promise,
    left: left.promise,
    end: () => {
      process.off("SIGINT", heard)
      unleave()
    }
  }
}

type Told = PromiseWithResolvers<number>

/** The verb. */
export const verb: Verb = {
  usage: "[list] FILE… [options]",
  about:
    "Stays and runs the CronWorkflows of some manifests when they are due, with Argo's rules: time zones, concurrencyPolicy, startingDeadlineSeconds, history limits, when, stopStrategy. " +
    "When they were last due is in the state file, so a second process runs nothing twice, and what was missed within the deadline is made up for once. " +
    "Ctrl-C starts nothing more and waits for what runs; a second, SIGTERM or SIGHUP leaves it for the next time. `cron list` only tells when they are due.",
  takes: [1, Infinity],
  options: {
    "dry-run": { type: "boolean", about: "As list: only say when they are due" },
    next: { type: "string", short: "n", value: "N", about: "How many instants list tells; default 3" },
    resources: { type: "string", multiple: true, value: "PATH", about: "More manifests: templates, ConfigMaps" },
    executor: executorOption,
    ...meansOptions,
    output: outputOption(formats)
  },
  examples: [
    ["cron backup.yaml", "stay, and run it when it is due"],
    ["cron list backup.yaml -n 10", "the next ten times"],
    ["list -l workflows.argoproj.io/cron-workflow=backup", "its runs"],
    ["cron jobs/ -o ndjson", "all of a directory, news as lines of JSON"]
  ],
  run: cron
}
