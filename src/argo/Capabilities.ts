/** What a manifest may use beyond processes of this host, because its user says so. */
import process from "node:process"
import { chooseExecutor, type ExecutorName, isEngine, requireExecutor } from "../process/chooseExecutor.ts"
import type { Executor } from "../process/Executor.ts"
import type { ManifestIssue } from "./document/Issue.ts"
import type { Replacement } from "./bodies/Replacement.ts"

/** What the user of a manifest allows it. */
export interface Capabilities {
  /**
   * Where commands run; default (`auto`) in a sandbox where that works,
   * else on the host. `podman` and `docker` run the images of the manifest.
   */
  readonly executor?: ExecutorName
  /**
   * Addresses of executor plugins, as in `http://localhost:4355`, by names
   * of one's own; they are sent the token in `PINNACE_PLUGIN_TOKEN`.
   */
  readonly plugins?: Readonly<Record<string, string>>
  /**
   * Whether resource templates of other kinds are done by the command
   * kubectl, in the cluster that it is configured for. Default false.
   */
  readonly kubectl?: boolean
  /**
   * Variables that commands of templates are given besides the
   * ordinary ones; what a template sets itself goes before them.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * Whether processes are given all variables of this process, and the sandbox shows the user's home. Default false.
   */
  readonly inheritEnv?: boolean
  /**
   * Whether fields that Argo does not know are errors, as they are for
   * `argo lint` and `submit`; else they are warned of. Default true.
   */
  readonly strict?: boolean
  /** The pools that workers offer, where all of them are known: `lint` warns of any other. */
  readonly pools?: ReadonlyArray<string>
  /** Functions that run in place of templates, by name: for tests. */
  readonly templates?: Readonly<Record<string, Replacement>>
}

/** How to load a manifest. */
export interface LoadOptions extends Capabilities {
  /**
   * Which workflow, by name, when the files hold several. Default
   * the only Workflow, else the first CronWorkflow or template.
   */
  readonly workflow?: string
  /** Another entry point than the manifest's. */
  readonly entrypoint?: string
  /**
   * Where the files of running nodes are kept, and where what earlier versions kept is found; default
   * a folder of this user in the system's temporary one, closed to others.
   */
  readonly directory?: string
  /** Is told of everything about the manifest that is not as it should be, and does not keep it from running. */
  readonly onWarning?: (issue: ManifestIssue) => void
}

/** What belongs to this host, and means nothing in an image. */
const ofHost = /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|SHLVL|TMPDIR|HOSTNAME|_|XDG_.*)$/

/** The variables that commands of templates are given because the user asked for it, as they are now. */
export const givenVariables = (
  { env = {}, executor = "auto", inheritEnv = false }: Capabilities
): Readonly<Record<string, string>> => {
  const inherited = inheritEnv ? Object.entries(process.env) : []
  const kept = isEngine(executor) ? inherited.filter(([name]) => !ofHost.test(name)) : inherited
  const all = [...kept, ...Object.entries(env)]
  return Object.fromEntries(all.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))
}

/** The executor with its own files in `directory`, made when it is needed. Throws EngineMissing. */
export const executorOf = (capabilities: Capabilities, directory: string): () => Executor => {
  const { executor = "auto" } = capabilities
  requireExecutor(executor)
  let made: Executor | undefined
  return () => made ??= chooseExecutor(executor, directory, showsHome(capabilities))
}

/** Whether the sandbox shows the user's home: HOME was asked for. */
const showsHome = ({ env = {}, inheritEnv = false }: Capabilities): boolean => inheritEnv || env["HOME"] !== undefined

/** A sentence for reports. */
export const describeEnvironment = ({ env = {}, inheritEnv = false }: Capabilities): string => {
  const names = Object.keys(env)
  const asked = names.length === 0 ? "" : `, and ${names.join(", ")}`
  return inheritEnv
    ? `templates see all variables of this process${asked} (--inherit-env)`
    : `templates see PATH, a HOME of their own, LANG, LC_*, TZ, TERM and the proxies${asked}; ` +
      "give others with --env NAME, --env-file FILE or --inherit-env"
}
