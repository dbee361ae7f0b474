/**
 * Ends process groups when this process dies without doing so itself, even by SIGKILL: a shell in a session of its own waits for the end of
 * a pipe, and then kills the groups that a file says are open. The file is written at once, where a pipe would have to be waited for.
 *
 * Owns: the shell, the file. Does not own: the groups while this process lives. Invariant: the shell ends when the pipe does, and removes
 * the file.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, mkdtempSync, openSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environment } from "./environment.ts"

const script = `
cat >/dev/null
open=" "
while read -r sign group; do
  case $sign in
    +) open="$open$group " ;;
    -) open="\${open%% $group *} \${open#* $group }" ;;
  esac
done < "$1/open"
for group in $open; do kill -9 -"$group" 2>/dev/null; done
rm -rf "$1"
shift
[ $# = 0 ] || "$@"
`

interface Watch {
  readonly shell: ChildProcess
  readonly file: number
}

/** Watches over process groups. */
export class Guardian {
  #watch: Watch | undefined
  readonly #last: ReadonlyArray<string>

  /** `last` is a command that the shell runs when all groups are gone; default none. */
  constructor(last: ReadonlyArray<string> = []) {
    this.#last = last
  }

  /** Starts the shell, so that it is there before the first group is. */
  prepare(): void {
    this.#watch ??= start(this.#last)
  }

  /** A group is open. */
  add(group: number): void {
    this.prepare()
    this.#note(`+ ${group}\n`)
  }

  /** A group has ended. */
  remove(group: number): void {
    this.#note(`- ${group}\n`)
  }

  /** Ends the shell. */
  close(): void {
    if (this.#watch === undefined) return
    closeSync(this.#watch.file)
    this.#watch.shell.stdin?.end()
    this.#watch = undefined
  }

  #note(line: string): void {
    if (this.#watch !== undefined) writeSync(this.#watch.file, line)
  }
}

const start = (last: ReadonlyArray<string>): Watch => {
  const directory = mkdtempSync(join(tmpdir(), "pinnace-groups-"))
  const file = openSync(join(directory, "open"), "a", 0o600)
  const stdio = ["pipe", "ignore", "ignore"] as const
  const options = { detached: true, env: environment(), stdio: [...stdio] }
  const shell = spawn("/bin/sh", ["-c", script, "guardian", directory, ...last], options)
  // Without the guard everything still runs.
  shell.on("error", () => {})
  shell.stdin?.on("error", () => {})
  shell.unref()
  if (shell.stdin !== null && "unref" in shell.stdin) (shell.stdin as unknown as { unref(): void }).unref()
  return { shell, file }
}
