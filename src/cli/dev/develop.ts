/** The side of the loop that a person sees: keys, the page, what is printed. */
import { relative } from "node:path"
import process from "node:process"
import { open } from "../../embed/open.ts"
import { Board } from "../../server/Board.ts"
import { served } from "../running/alsoServed.ts"
import { onEnd } from "../running/onLeave.ts"
import { counted } from "../paint/counted.ts"
import type { Call } from "../Verb.ts"
import { Keys } from "./Keys.ts"
import { Loop } from "./Loop.ts"
import { endLeft, makeFolder } from "./place.ts"
import { press } from "./press.ts"
import { wantedOf } from "./wanted.ts"

/** Goes round until a person has had enough; answers the exit code. */
export const develop = async (call: Call): Promise<number> => {
  const { flags, shell } = call
  const { files, format, onSave, port, watched } = wantedOf(call)
  makeFolder(shell.db)
  const pinnace = await open(shell.db, { actor: shell.actor })
  const left = Promise.withResolvers<number>()
  let page: Promise<() => Promise<void>> | undefined
  const board = new Board()
  const loop = new Loop({
    shell,
    pinnace,
    files: watched,
    onSave,
    isOnce: flags.on("once"),
    format,
    board,
    ended: (code) => flags.on("once") ? left.resolve(code) : undefined
  })
  const serve = () => page ??= served(call, pinnace, { board, ...port === undefined ? {} : { port } })
  const line = (): Promise<string> => keys.line()
  const keys = new Keys((key) => void press(key, { shell, loop, pinnace, serve, line, quit: left.resolve }))
  // Ctrl-C is a key, except where a line is typed.
  const unleave = onEnd(left.resolve)
  try {
    await endLeft(pinnace)
    shell.print(head(call, files, loop))
    if (flags.on("ui") || port !== undefined) await serve()
    loop.begin()
    return await left.promise
  } finally {
    keys.close()
    unleave()
    await loop.end()
    await (await page)?.()
    await pinnace.close()
  }
}

const head = ({ shell: { paint, shownDb } }: Call, files: ReadonlyArray<string>, loop: Loop): string => {
  const names = files.map((file) => relative(process.cwd(), file)).join(", ")
  const keys = "r run  f afresh  p plan  i input  d diff  a approve  w why  o page  q quit"
  return `${paint.bold("dev")}  ${names} · ${counted(loop.files, "file")} · ${shownDb}   ${paint.dim(keys)}`
}
