/** The names of files that were saved at once. */
import { relative } from "node:path"
import process from "node:process"
import { counted } from "../paint/counted.ts"

/** Names that are told; of more it is told how many. */
const shown = 8

/** Files as they are named from here. */
export const listed = (files: ReadonlyArray<string>): string => {
  const more = files.length - shown
  const names = files.slice(0, shown).map((file) => relative(process.cwd(), file)).join(", ")
  return more > 0 ? `${names} and ${counted(more, "more file")}` : names
}
