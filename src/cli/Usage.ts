/** A command line that makes no sense; the message says why. */
export class Usage extends Error {
  override readonly name: "Usage" = "Usage"
}

/** Something that was named does not exist, or cannot be used as it is; the message says what to do. */
export class NotThere extends Error {
  override readonly name: "NotThere" = "NotThere"
}

/** Exit codes that scripts rely on. */
export const exitCodes = { Succeeded: 0, Failed: 1, Error: 2, usage: 64, interrupted: 130 } as const

/** The exit code for the phase of a run that has ended. */
export const codeOf = (phase: string): number =>
  phase === "Succeeded" || phase === "Failed" ? exitCodes[phase] : exitCodes.Error
