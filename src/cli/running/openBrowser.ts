/** Opens the page in the browser of whoever sits at this terminal, where there is one. */
import { spawn } from "node:child_process"
import process from "node:process"
import type { Shell } from "../Shell.ts"
import type { Option } from "../Verb.ts"

/** The option that leaves it. */
export const noOpenOption: Option = { type: "boolean", about: "Do not open the browser" }

const programs: Readonly<Partial<Record<NodeJS.Platform, ReadonlyArray<string>>>> = {
  darwin: ["open"],
  linux: ["xdg-open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"]
}

/** Whether a person with a screen has started this: not another machine's terminal, not a build. */
const hasScreen = ({ isTerminal }: Pick<Shell, "isTerminal">): boolean => {
  const { CI, DISPLAY, SSH_CONNECTION, WAYLAND_DISPLAY } = process.env
  if (!isTerminal || CI !== undefined || SSH_CONNECTION !== undefined) return false
  return process.platform !== "linux" || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined
}

/** Opens an address; what does not work is left, since the address was printed. */
export const openBrowser = (shell: Pick<Shell, "isTerminal">, address: string): void => {
  const [program, ...args] = programs[process.platform] ?? []
  if (program === undefined || !hasScreen(shell)) return
  spawn(program, [...args, address], { stdio: "ignore", detached: true }).on("error", () => {}).unref()
}
