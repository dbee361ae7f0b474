/**
 * What a shell does that starts leaders: for every line it reads it does
 * once what stands in a file. A shell reads lines byte by byte, files whole.
 */

/** The ways of a shell to give a process a group of its own. */
export type Dialect = "bash" | "sh"

/** What a shell calls itself when it complains about a leader. */
export const shellName = "pinnace"

/** Makes two named pipes, and answers that it is there. `$1` is a directory of its own. */
const begin = 'mkfifo -m 600 "$1/stdout" "$1/stderr" && echo ready || exit'

/**
 * Waits for the end of a job and tells how it was. A job that stops before job control is off looks like one that has
 * ended; `wait -f`, which knows the two apart, may never find out that a job has ended.
 */
const settle = 'settle() { wait "$1"; s=$?; ' +
  'while [ $s -gt 128 ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; wait "$1"; s=$?; done; echo "= $s"; }'

/**
 * The program of a shell. Its arguments are its directory and
 * the file in which the guardian reads what groups are open.
 */
const shellProgram: Readonly<Record<Dialect, string>> = {
  bash: `${settle}
[ "\${BASHPID:-}" ] && ${begin}
while read -r _ && IFS= read -r -d "" next <"$1/next"; do eval "$next"; done`,
  sh: `command -v setsid >/dev/null && ${begin}
while read -r _; do . "$1/next"; done`
}

/**
 * What a shell is begun with. Whose input is a socket, which it is here,
 * bash takes for a login from elsewhere, for which it reads `~/.bashrc`.
 */
export const shellArguments = (dialect: Dialect): ReadonlyArray<string> => [
  ...(dialect === "bash" ? ["--norc"] : []),
  "-c",
  shellProgram[dialect],
  shellName
]

/** What is written into the file over what was there. */
export const asNext = (command: string, dialect: Dialect): string =>
  dialect === "bash" ? `${command}\n\0` : `${command}\nreturn\n`

/**
 * Has a body done by a process that leads a group, and its exit code told. Bash
 * gives a job a group by itself, which costs half of `setsid` and another shell.
 */
export const inGroup = (body: string, dialect: Dialect): string =>
  dialect === "bash"
    ? `set -m; (${body}) & set +m; settle $!`
    : `setsid /bin/sh -c ${quoted(body)} ${shellName} "$1" "$2"; echo "= $?"`

/** The number of the process that does a body. */
export const ownNumber: Readonly<Record<Dialect, string>> = { bash: "$BASHPID", sh: "$$" }

/** Text as one word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
