/** What has become of files at once, and their names. */
import { existsSync } from "node:fs"
import { relative } from "node:path"
import process from "node:process"
import { counted } from "../paint/counted.ts"

/** Names that are told; of more it is told how many. */
const shown = 8

/** `saved a.ts, b.ts · removed c.ts` */
export const changeText = (files: ReadonlyArray<string>): string => {
  const [there, gone] = [files.filter((it) => existsSync(it)), files.filter((it) => !existsSync(it))]
  return [...named("saved", there), ...named("removed", gone)].join(" · ")
}

const named = (what: string, files: ReadonlyArray<string>): ReadonlyArray<string> =>
  files.length === 0 ? [] : [`${what} ${listed(files)}`]

/** Files as they are named from here. */
const listed = (files: ReadonlyArray<string>): string => {
  const more = files.length - shown
  const names = files.slice(0, shown).map((file) => relative(process.cwd(), file)).join(", ")
  return more > 0 ? `${names} and ${counted(more, "more file")}` : names
}
