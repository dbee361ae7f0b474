/** What a manifest may use besides this host's processes, because its user says so. */
import type { ExecutorName } from "../process/chooseExecutor.ts"
import type { Replacement } from "./run/Replacement.ts"

/** What there is. */
export interface Means {
  /** Where commands run; default (`auto`) in a sandbox where that works, else on the host. `podman` and `docker` run the images of the manifest. */
  readonly executor?: ExecutorName
  /** Addresses of executor plugins, as in `http://localhost:4355`, by names of one's own; they are sent the token in `PINNACE_PLUGIN_TOKEN`. */
  readonly plugins?: Readonly<Record<string, string>>
  /** Whether resource templates of other kinds are done by the command kubectl, in the cluster that it is configured for. Default false. */
  readonly kubectl?: boolean
  /** Functions that run in place of templates, by name: for tests. */
  readonly templates?: Readonly<Record<string, Replacement>>
}
