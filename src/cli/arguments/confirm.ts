/** Asks the person at the terminal before something is done that may not be meant. */
import { createInterface } from "node:readline/promises"
import type { Shell } from "../Shell.ts"

/** Whether the person says yes; where nobody can be asked, nothing is held up. */
export const confirm = async ({ dialogue }: Shell, question: string): Promise<boolean> => {
  if (dialogue === undefined) return true
  const lines = createInterface(dialogue)
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
