import { chmodSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { putText, rootView } from "../files/mod.ts"

/** Writes a script into a workspace and answers its path. The last command may have put something else there. */
export const writeScript = (directory: string, source: string): string => {
  mkdirSync(join(directory, "staging"), { recursive: true })
  // Whatever the umask: a container may have a user of its own. The workspace above is for its owner only.
  chmodSync(join(directory, "staging"), 0o755)
  putText({ view: rootView(directory, "none"), path: "/staging/script" }, source, 0o755)
  return join(directory, "staging", "script")
}
