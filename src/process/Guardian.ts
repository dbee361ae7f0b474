/**
 * Ends process groups when this process dies without doing so itself, even by SIGKILL: a shell in a session of its own reads the groups
 * that are open from a pipe, and kills those that are left when the pipe closes.
 *
 * Owns: the shell. Does not own: the groups while this process lives. Invariant: the shell ends when the pipe does.
 */
import { type ChildProcess, spawn } from "node:child_process"

const script = `
open=" "
while read -r sign group; do
  case $sign in
    +) open="$open$group " ;;
    -) open="\${open%% $group *} \${open#* $group }" ;;
  esac
done
for group in $open; do kill -9 -"$group" 2>/dev/null; done
`

/** Watches over process groups. */
export class Guardian {
  #shell: ChildProcess | undefined

  /** Starts the shell, so that it is there before the first group is. */
  prepare(): void {
    this.#shell ??= start()
  }

  /** A group is open. */
  add(group: number): void {
    this.prepare()
    this.#shell?.stdin?.write(`+ ${group}\n`)
  }

  /** A group has ended. */
  remove(group: number): void {
    this.#shell?.stdin?.write(`- ${group}\n`)
  }

  /** Ends the shell. */
  close(): void {
    this.#shell?.stdin?.end()
    this.#shell = undefined
  }
}

const start = (): ChildProcess => {
  const shell = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["pipe", "ignore", "ignore"] })
  // Without the guard everything still runs.
  shell.on("error", () => {})
  shell.stdin?.on("error", () => {})
  shell.unref()
  if (shell.stdin !== null && "unref" in shell.stdin) (shell.stdin as unknown as { unref(): void }).unref()
  return shell
}
