/** Messages of manifests name the child that failed by an id, which people see nowhere else. Pure. */
import { nodeId } from "../argo/compile/naming.ts"

/** A message with the names of nodes in place of their ids. */
export const withNames = (message: string, nameOf: (id: string) => string | undefined): string =>
  !message.startsWith("child ") ? message : message.replace(/^child '([^']+)' failed$/, (text, id) => {
    const name = nameOf(id)
    return name === undefined ? text : `${name} failed`
  })

/** Finds a name by its id among those of a run, the first of which is the run's own. */
export const among = (names: ReadonlyArray<string>): (id: string) => string | undefined => (id) =>
  names.find((it) => nodeId(names[0] ?? "", it) === id)

/** The same where the names are not known. */
export const withoutIds = (message: string): string => message.replace(/\bchild '[^']+-\d+' failed$/, "a step failed")
