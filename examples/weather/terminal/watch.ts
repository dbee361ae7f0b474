/** Shows a run until it ends: as a live tree in a terminal, as one line for each change elsewhere. */
import process from "node:process"
import type { Event, PlanJson, Recorded, RunHandle } from "../../../mod.ts"
import { type Line, paint } from "./Line.ts"
import { Screen } from "./Screen.ts"
import { seconds, treeLines } from "./tree.ts"

const frameMillis = 80

// Whether colours are wanted: in a terminal, unless NO_COLOR is set.
const coloured = process.stdout.isTTY === true && !process.env["NO_COLOR"]

/** Prints a line of coloured text. */
export const print = (...line: Line): void => {
  process.stdout.write(`${paint(line, Infinity, coloured)}\n`)
}

/** Shows what happens in a run from now on; resolves when it has ended. */
export const watch = (run: RunHandle, title: string, plan: PlanJson): Promise<void> =>
  process.stdout.isTTY ? watchTree(run, title, plan) : watchLines(run)

const watchTree = async (run: RunHandle, title: string, plan: PlanJson): Promise<void> => {
  const screen = new Screen(process.stdout, coloured)
  const sizes = new Map<string, number>()
  const startedAt = Date.now()
  const draw = async () => {
    const rows = new Map((await run.nodes()).map((row) => [row.path, row]))
    screen.draw(treeLines({ title, plan, rows, sizes, startedAt, now: Date.now() }))
  }
  const timer = setInterval(draw, frameMillis)
  try {
    for await (const { event } of run.events()) remember(sizes, event)
    await draw()
  } finally {
    clearInterval(timer)
    screen.close()
  }
}

const remember = (sizes: Map<string, number>, event: Event): void => {
  if (event.type !== "NodeStarted" || event.kind !== "map") return
  const { items } = event.input as { readonly items: number }
  sizes.set(event.path, items)
}

const watchLines = async (run: RunHandle): Promise<void> => {
  const since = Date.now()
  for await (const recorded of run.events()) {
    // A resumed run has a past, which was shown when it happened.
    const says = recorded.at < since ? undefined : sentence(recorded)
    if (says !== undefined) print([`${seconds(recorded.at - since).padStart(6)}  ${says}`, "plain"])
  }
}

const sentence = ({ event }: Recorded): string | undefined => {
  switch (event.type) {
    case "AttemptFailed":
      return `Retry      ${event.path}: ${event.error.tag}, ${event.error.message}; again in ${seconds(event.delay)}`
    case "NodeFinished":
      return `${event.ending.phase.padEnd(10)} ${event.path}`
    case "RunFinished":
      return `${event.ending.phase.padEnd(10)} (the run)`
    default:
      return undefined
  }
}
