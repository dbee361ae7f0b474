/** How a background process says which run it executes, so that nothing that a user's module prints is taken for it. */
import { randomBytes } from "node:crypto"
import process from "node:process"

const variable = "PINNACE_ANNOUNCEMENT"

/** A mark that is to stand before the id, and the environment that tells it to the process. */
export const makeMark = (): { readonly mark: string; readonly env: NodeJS.ProcessEnv } => {
  const mark = `${randomBytes(8).toString("hex")}:`
  return { mark, env: { ...process.env, [variable]: mark } }
}

/** The mark that this process was told, or nothing. It is forgotten, so that commands that it starts do not have it. */
export const takeMark = (): string => {
  const mark = process.env[variable] ?? ""
  delete process.env[variable]
  return mark
}

/** The id after the mark, once all of it has come. */
export const announced = (text: string, mark: string): string | undefined =>
  text.includes(mark) ? /^(.*)\n/.exec(text.slice(text.indexOf(mark) + mark.length))?.[1] : undefined
