/** What is said of open runs that wait in a copy. */
import { withoutPassword } from "../../postgres/address.ts"
import { counted } from "../paint/counted.ts"
import { quoted, type Shell } from "../Shell.ts"

/** Says how they go on, where there are some. */
export const tellSuspended = (shell: Shell, many: number, db: string): void => {
  if (many === 0) return
  const command = `${shell.program} resume --running --db ${quoted(withoutPassword(db))}`
  shell.print(`${counted(many, "open run")} suspended. To let them go on:\n  ${command}`)
}
