/** The demo in a browser: a run that retries, waits for permits and a person, and fails; it is finished in the page. */
import { open } from "../../embed/open.ts"
import type { Pinnace } from "../../embed/Pinnace.ts"
import { openBrowser } from "../running/openBrowser.ts"
import { stateFile } from "../running/stateFile.ts"
import { untilLeft } from "../running/untilLeft.ts"
import type { Shell } from "../Shell.ts"
import { tour } from "./tour.ts"

/** Shows it until this process is asked to end; answers the exit code. */
export const showTour = async (shell: Shell, id: string): Promise<number> => {
  const { serve } = await import("../../server/mod.ts")
  const pinnace = await open(shell.db)
  pinnace.register(tour)
  const server = await serve(pinnace, {
    file: stateFile(shell, pinnace),
    onNote: shell.complain,
    onAnswer: beginner(shell, pinnace, id)
  })
  try {
    shell.print(server.link)
    shell.complain("A run begins once you open it, and waits for you there: answer it, retry it. Ctrl-C ends it.")
    openBrowser(shell, server.link)
    return await untilLeft()
  } finally {
    await server.close()
    await pinnace.close()
  }
}

/** Begins the run once a page follows what happens: whoever opens it late sees the run from its beginning, too. */
const beginner = (shell: Shell, pinnace: Pinnace, id: string): (answer: { readonly path: string }) => void => {
  let begun: Promise<unknown> | undefined
  return ({ path }) => {
    if (!path.endsWith("/stream")) return
    begun ??= begin(pinnace, id).catch((error) => shell.complain(`The run could not begin: ${error}`))
  }
}

const begin = async (pinnace: Pinnace, id: string): Promise<void> => {
  if (await pinnace.get(id) === undefined) await pinnace.start(tour, undefined, { id })
}
