/** Where a new project gets this package from. */
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { dirname, join, sep } from "node:path"
import process from "node:process"
import { thisProgram } from "../../sources/standalone.ts"
import { version } from "../version.ts"

/** The version of the registry, or the clone that this command runs from. */
export const packageSpec = (script: string | undefined = process.argv[1]): string => {
  if (script === undefined || thisProgram().isStandalone || !existsSync(script)) return version
  const root = packageOf(dirname(realpathSync(script)))
  if (root === undefined || root.includes(`${sep}node_modules${sep}`)) return version
  const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly name?: unknown }
  return name === "pinnace" ? `file:${root}` : version
}

/** The directory of the package that a folder belongs to. */
const packageOf = (folder: string): string | undefined => {
  if (existsSync(join(folder, "package.json"))) return folder
  return dirname(folder) === folder ? undefined : packageOf(dirname(folder))
}
