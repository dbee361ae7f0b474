/** Messages of manifests name the child that failed by an id, which people see nowhere else. Pure. */
import { nodeId } from "../argo/compile/naming.ts"

/** A message with the names of nodes in place of their ids; the first name is that of the run. */
export const withNames = (message: string, names: ReadonlyArray<string>): string =>
  message.replace(/^child '([^']+)' failed$/, (text, id) => {
    const name = names.find((it) => nodeId(names[0] ?? "", it) === id)
    return name === undefined ? text : `${name} failed`
  })

/** The same where the names are not known. */
export const withoutIds = (message: string): string => message.replace(/\bchild '[^']+-\d+' failed$/, "a step failed")
