/** What a signal leaves of a command that writes files: nothing half, and a person who knows how to go on. */
import process from "node:process"
import { dropDrafts } from "../../files/mod.ts"
import { withoutPassword } from "../../postgres/address.ts"
import { quoted, type Shell } from "../Shell.ts"

/** The command line as it was written, but for passwords. */
export const lineOf = ({ args, program }: Pick<Shell, "args" | "program">): string => {
  const shown = (word: string): string =>
    word.startsWith("--db=") ? `--db=${withoutPassword(word.slice(5))}` : withoutPassword(word)
  return [program, ...args.map((word) => quoted(shown(word)))].join(" ")
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** Does something; a signal ends this process at once, without what it has begun to write. */
export const untilCut = async <A>(shell: Shell, work: () => Promise<A>): Promise<A> => {
  const cut = (signal: NodeJS.Signals): void => {
    shell.complain(`Stopped; nothing half is left. Again with: ${lineOf(shell)}`)
    deaf()
    // Next to each other: other threads of this process go on until it ends.
    dropDrafts()
    process.kill(process.pid, signal)
  }
  const deaf = (): void => signals.forEach((signal) => process.off(signal, cut))
  for (const signal of signals) process.on(signal, cut)
  try {
    return await work()
  } finally {
    deaf()
  }
}
