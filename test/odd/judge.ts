/**
 * Whether what came of an odd value is what an author can use:
 * it worked, or a typed error says what, where and what to do.
 */
import { hostility } from "./values.ts"

/** What is wrong with how something ended, or `undefined`. */
export const judge = async (act: () => unknown): Promise<string | undefined> => {
  try {
    await act()
    return undefined
  } catch (error) {
    return faultOf(error)
  }
}

/** What the system says about a file that was named is clear enough. */
const aboutFiles = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG", "EACCES"])

/** Errors of our own that are classes without a tag. */
const ours = new Set(["InvalidManifest", "BadSelector", "EngineMissing"])

/** What is wrong with an error. An `Error` with a sentence of ours is told to a body, which ends with it. */
export const faultOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return `it threw a ${typeof error} that is no error`
  if ("code" in error) return aboutFiles.has(String(error.code)) ? undefined : error.stack
  const isTold = "_tag" in error || ours.has(error.name) || error.name === "Error" && error.message !== hostility
  if (isTold) return error.message === "" ? `${error.name} without a message` : undefined
  return error.stack ?? error.message
}
