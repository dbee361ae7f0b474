/** The demo in a browser: a run that retries, waits for permits and a person, and fails; it is finished in the page. */
import { open } from "../../embed/open.ts"
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
  const server = await serve(pinnace, { file: stateFile(shell, pinnace), onNote: shell.complain })
  try {
    if (await pinnace.get(id) === undefined) await pinnace.start(tour, undefined, { id })
    shell.print(server.link)
    shell.complain("The run waits for you there: answer it, retry it. Ctrl-C ends it.")
    openBrowser(shell, server.link)
    return await untilLeft()
  } finally {
    await server.close()
    await pinnace.close()
  }
}
