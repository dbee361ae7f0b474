/**
 * Ends process groups when this process dies without doing so itself, even by SIGKILL: a shell in a session of its own
 * waits for the end of a pipe, and then kills the groups that a file says are open. The file is written at once, where
 * a pipe would have to be waited for.
 *
 * Owns: the shell, a directory with the file and whatever others put there. Does not own: the groups while this process
 * lives. Invariants: the shell ends when the pipe does, and removes the directory; what is written to the file
 * afterwards fails, so that no group is forgotten. Where somebody empties the directory of temporary files, the shell
 * still has the file, and another one begins for the groups to come.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, mkdtempSync, openSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { environment } from "../environment.ts"
import { setLoopHold } from "./setLoopHold.ts"

const script = `
exec 3<"$1/open"
cat >/dev/null
mv "$1" "$1.over"
open=" "
while read -r sign group; do
  case $sign in
    +) open="$open$group " ;;
    -) case $open in *" $group "*) open="\${open%% $group *} \${open#* $group }" ;; esac ;;
  esac
done <&3
for group in $open; do kill -9 -"$group" 2>/dev/null; done
rm -rf "$1.over"
shift
[ $# = 0 ] || "$@"
`

interface Watch {
  readonly shell: ChildProcess
  readonly directory: string
  readonly file: number
}

/** Watches over process groups. */
export class Guardian {
  /** The last one is told of new groups. */
  readonly #watches: Array<Watch> = []
  readonly #last: ReadonlyArray<string>

  /** `last` is a command that the shell runs when all groups are gone; default none. */
  constructor(last: ReadonlyArray<string> = []) {
    this.#last = last
  }

  /** Starts the shell, so that it is there before the first group is, and answers the directory. */
  prepare(): string {
    const known = this.#watches.at(-1)
    if (known !== undefined && existsSync(join(known.directory, "open"))) return known.directory
    const watch = start(this.#last)
    this.#watches.push(watch)
    return watch.directory
  }

  /** The file, for others that add groups: a line `+ GROUP` each. */
  get log(): string {
    return join(this.prepare(), "open")
  }

  /** A group is open. */
  add(group: number): void {
    this.prepare()
    writeSync(this.#watches.at(-1)!.file, `+ ${group}\n`)
  }

  /** A group has ended. */
  remove(group: number): void {
    for (const { file } of this.#watches) writeSync(file, `- ${group}\n`)
  }

  /** Ends the shell. */
  close(): void {
    for (const { file, shell } of this.#watches.splice(0)) {
      closeSync(file)
      shell.stdin?.end()
    }
  }
}

const start = (last: ReadonlyArray<string>): Watch => {
  const directory = mkdtempSync(resolve(tmpdir(), "pinnace-groups-"))
  const file = openSync(join(directory, "open"), "a", 0o600)
  const stdio = ["pipe", "ignore", "ignore"] as const
  const options = { detached: true, env: environment(), stdio: [...stdio] }
  const shell = spawn("/bin/sh", ["-c", script, "guardian", directory, ...last], options)
  // Without the guard everything still runs.
  shell.on("error", () => {})
  shell.stdin?.on("error", () => {})
  setLoopHold(shell, false)
  return { shell, directory, file }
}
