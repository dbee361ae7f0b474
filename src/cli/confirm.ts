/** Asks the person at the terminal before something is done that may not be meant. */
import { createInterface } from "node:readline/promises"
import process from "node:process"

/** Whether the person says yes; where nobody can be asked, nothing is held up. */
export const confirm = async (question: string): Promise<boolean> => {
  if (!process.stdin.isTTY) return true
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
