/**
 * Which lines of a log are meant, by what they are: the rule for one line. Storage may look faster, and must find the
 * same. Pure.
 */

/** What is looked at of a line. */
export interface ChosenLine {
  readonly path: string
  readonly attempt: number
  readonly at: number
  readonly level: string
  readonly text: string
}

/** What must hold of a line; everything that is given. */
export interface LineChoice {
  /** The node that wrote it. */
  readonly path?: string
  readonly attempt?: number
  readonly level?: string
  /** Written at this instant, in milliseconds since the epoch, or later. */
  readonly since?: number
  /** At least one of these is a part of its text, sign by sign: capital letters count, and no sign is special. */
  readonly texts?: ReadonlyArray<string>
}

/** Whether the line is meant. */
export const isLineMeant = (line: ChosenLine, { attempt, level, path, since, texts }: LineChoice): boolean =>
  (path === undefined || line.path === path) &&
  (attempt === undefined || line.attempt === attempt) &&
  (level === undefined || line.level === level) &&
  (since === undefined || line.at >= since) &&
  (texts === undefined || texts.some((it) => line.text.includes(it.toWellFormed())))
