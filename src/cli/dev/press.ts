/** What keys mean in the loop. */
import type { Pinnace } from "../../embed/Pinnace.ts"
import { differencesOf } from "../../view/compared.ts"
import { look, viewOf } from "../arguments/rows.ts"
import { waitingNode } from "../arguments/waiting.ts"
import { differenceLines } from "../paint/difference.ts"
import type { Shell } from "../Shell.ts"
import { exitCodes } from "../Usage.ts"
import { interrupt } from "./Keys.ts"
import type { Loop } from "./Loop.ts"

/** What keys act on. */
export interface Pressed {
  readonly shell: Shell
  readonly loop: Loop
  readonly pinnace: Pinnace
  readonly serve: () => Promise<unknown>
  /** The next line that is typed. */
  readonly line: () => Promise<string>
  readonly quit: (code: number) => void
}

/** Does what a key means; one that means nothing does nothing. */
export const press = async (key: string, { line, loop, pinnace, quit, serve, shell }: Pressed): Promise<void> => {
  try {
    if (key === "q") quit(0)
    if (key === interrupt) quit(exitCodes.interrupted)
    if (key === "r") loop.again(false)
    if (key === "f") loop.again(true)
    if (key === "p") loop.plan()
    if (key === "o") await serve()
    if (key === "a") await approve(pinnace, loop, shell.print)
    if (key === "w") await why(loop, shell.print)
    if (key === "d") await diff(shell, pinnace, loop)
    if (key === "i") await input(shell, loop, line)
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

const diff = async (shell: Shell, pinnace: Pinnace, { before, run }: Loop): Promise<void> => {
  if (before === undefined || run === undefined) return shell.print("this is the first run")
  const found = await look(pinnace, (source) => differencesOf(source, before.id, run.id))
  for (const text of differenceLines(shell, before.id, run.id, found)) shell.print(text)
}

const input = async (shell: Shell, loop: Loop, line: () => Promise<string>): Promise<void> => {
  shell.print("The input from now on, JSON or NAME=VALUE:")
  const text = (await line()).trim()
  if (text !== "") loop.input(text)
}

const why = async ({ run }: Loop, print: (text: string) => void): Promise<void> => {
  const causes = await run?.why() ?? []
  if (causes.length === 0) print("nothing is waiting")
  for (const { because, path } of causes) print(`${path === "" ? "the run" : path}: ${because}`)
}
