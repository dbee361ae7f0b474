/** A command line that makes no sense; the message says why. */
export class Usage extends Error {
  override readonly name: "Usage" = "Usage"
}

/** Exit codes that scripts rely on. */
export const exitCodes = { Succeeded: 0, Failed: 1, Error: 2, usage: 64, interrupted: 130 } as const

/** How to call the command. */
export const help = `pinnace: run Argo workflows on this machine

  pinnace run FILE… [-p NAME=VALUE]… [--parameter-file FILE] [--entrypoint NAME] [--workflow NAME]
              [--resources PATH]… [--db FILE] [--executor auto|process|sandbox] [-o plain|json]
  pinnace lint FILE… [-o plain|json]

A FILE or PATH may be a directory: all .yaml, .yml and .json files in it are read.
Exit code of run: 0 Succeeded, 1 Failed, 2 Error, 64 wrong use or invalid manifest, 130 interrupted.
`
