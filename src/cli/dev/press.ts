/** What keys mean in the loop. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { viewOf } from "../arguments/rows.ts"
import { waitingNode } from "../arguments/waiting.ts"
import type { Shell } from "../Shell.ts"
import { exitCodes } from "../Usage.ts"
import type { Loop } from "./Loop.ts"

/** What keys act on. */
export interface Pressed {
  readonly shell: Shell
  readonly loop: Loop
  readonly pinnace: Pinnace
  readonly serve: () => Promise<unknown>
  readonly quit: (code: number) => void
}

/** Does what a key means; one that means nothing does nothing. */
export const press = async (key: string, { loop, pinnace, quit, serve, shell }: Pressed): Promise<void> => {
  try {
    if (key === "q") quit(0)
    if (key === "\u0003") quit(exitCodes.interrupted)
    if (key === "r") loop.again(false)
    if (key === "f") loop.again(true)
    if (key === "p") loop.plan()
    if (key === "o") await serve()
    if (key === "a") await approve(pinnace, loop, shell.print)
    if (key === "w") await why(loop, shell.print)
  } catch (error) {
    shell.complain(error instanceof Error ? error.message : String(error))
  }
}

const approve = async (pinnace: Pinnace, { run }: Loop, print: (text: string) => void): Promise<void> => {
  if (run === undefined) return
  const { name, path } = waitingNode(await viewOf(pinnace, run), undefined)
  await run.approve(path)
  print(`${name} is approved`)
}

const why = async ({ run }: Loop, print: (text: string) => void): Promise<void> => {
  const causes = await run?.why() ?? []
  if (causes.length === 0) print("nothing is waiting")
  for (const { because, path } of causes) print(`${path === "" ? "the run" : path}: ${because}`)
}
