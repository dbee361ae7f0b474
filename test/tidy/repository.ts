/** Reads the files that the rules are applied to. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseSource, type Source } from "./Source.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** The text of a file of the repository. */
export const read = (path: string): string => readFileSync(root + path, "utf8")

/** TypeScript files, with JSX or without, under a folder, as paths from the root of the repository, sorted. */
export const list = (folder: string): ReadonlyArray<string> =>
  readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts") && !path.includes("/node_modules/"))
    .sort()

/** The library: mod.ts and everything under src. */
export const library = (): ReadonlyArray<Source> =>
  [...["mod.ts"].filter((path) => existsSync(root + path)), ...list("src")].map((path) => parseSource(path, read(path)))
