/**
 * Where the definition of a run comes from: files that were named,
 * kept as a label of the run so that later commands find them again.
 */
import { existsSync } from "node:fs"
import { extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { isPostgres } from "../../postgres/address.ts"
import { ownFrame } from "../../run/frame.ts"
import { unversionedName } from "../../workflow/version.ts"
import type { SomeWorkflow } from "../../embed/inspect.ts"
import { nameOf } from "./nameOf.ts"
import type { LoadOptions, ManifestIssue, SourceFile } from "../../argo/mod.ts"
import { didYouMean } from "../../argo/document/decode/didYouMean.ts"
import type { ExecutorName } from "../../process/chooseExecutor.ts"
import type { Shell } from "../Shell.ts"
import { NotThere, Usage } from "../Usage.ts"
import { readVariables, type Variables } from "./variables.ts"

/** Files that define a workflow, and how they are read. */
export interface Source extends Variables {
  /** Absolute paths. */
  readonly files: ReadonlyArray<string>
  /** Further manifests that are only referred to. */
  readonly resources?: ReadonlyArray<string>
  readonly workflow?: string
  readonly entrypoint?: string
  readonly executor?: ExecutorName
  /** Addresses of executor plugins. */
  readonly plugins?: Readonly<Record<string, string>>
  readonly kubectl?: boolean
  readonly strict?: boolean
  readonly inheritEnv?: boolean
}

/** The label that keeps the source of a run. */
export const sourceLabel = "pinnace/source"

/** The source as a label: without the values of variables. */
export const labelOfSource = ({ values: _, ...source }: Source): Readonly<Record<string, string>> => ({
  [sourceLabel]: JSON.stringify(source)
})

/** Whether a file is a module, and not a manifest. */
export const isModule = (file: string): boolean =>
  [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"].includes(extname(file))

/** `flow.ts#report`: a module, and the name of a workflow in it. A file that is there is meant as it is. */
export const partsOf = (target: string): { readonly file: string; readonly name: string | undefined } => {
  const at = target.lastIndexOf("#")
  const file = target.slice(0, at)
  return at < 0 || !isModule(file) || existsSync(target)
    ? { file: target, name: undefined }
    : { file, name: target.slice(at + 1) }
}

/** The workflow that a source defines. Throws Usage, NotThere or InvalidManifest. */
export const loadSource = async (source: Source, shell: Shell): Promise<SomeWorkflow> => {
  const modules = source.files.filter(isModule)
  if (modules.length === 0) return loadManifest(source, shell)
  if (modules.length < source.files.length || modules.length > 1) {
    throw new Usage("give one TypeScript module, or manifests")
  }
  return loadModule(modules[0]!, source.workflow)
}

const loadManifest = async (source: Source, shell: Shell): Promise<SomeWorkflow> => {
  const { formatIssue, load } = await import("../../argo/mod.ts")
  const onWarning = (issue: ManifestIssue): void => shell.complain(formatIssue(issue))
  return load(await manifestsOf(source), { ...await loadOptionsOf(source, shell), onWarning })
}

/** How the manifests of a source are loaded. Throws Usage. */
export const loadOptionsOf = async (source: Source, shell: Shell): Promise<LoadOptions> => {
  const { env: _, envFiles: _files, files: _all, resources: _resources, values: _values, ...options } = source
  return { directory: await filesOf(shell), env: readVariables(source), ...options }
}

/** The manifests of a source, those that are only referred to marked. Throws Usage. */
export const manifestsOf = async ({ files, resources = [] }: Source): Promise<ReadonlyArray<SourceFile>> => {
  const { readManifests } = await import("./files.ts")
  const own = readManifests(files)
  const others = readManifests(resources).filter(({ name }) => own.every((it) => it.name !== name))
  return [...own, ...others.map((it) => ({ ...it, isResource: true }))]
}

/** Where runs of manifests keep their files: beside the state file, or here where a database holds the state. */
export const filesOf = async (shell: Shell): Promise<string> => {
  if (shell.db !== ":memory:") return `${resolve(isPostgres(shell.db) ? "pinnace" : shell.db)}.files`
  const known = temporary.get(shell)
  if (known !== undefined) return known
  const { mkdtempSync } = await import("node:fs")
  const { tmpdir } = await import("node:os")
  const made = mkdtempSync(`${tmpdir()}/pinnace-`)
  temporary.set(shell, made)
  return made
}

/** The folders of command lines without a state file. */
const temporary = new WeakMap<Shell, string>()

/** The workflow that a module exports: the named one, or the only one. */
export const loadModule = async (file: string, name: string | undefined): Promise<SomeWorkflow> => {
  const exported: Readonly<Record<string, unknown>> = await importFile(file)
  const found = [...new Set(Object.values(exported).filter(isWorkflow))]
  const names = found.map(nameOf)
  await refuseOtherCopies(file, found)
  if (found.length === 0) throw new Usage(`${file} exports no workflow: write \`export const … = workflow(…)\``)
  const at = name === undefined ? (found.length === 1 ? 0 : -1) : names.indexOf(name)
  if (at >= 0) return found[at]!
  throw new Usage(
    name === undefined
      ? `${file} exports ${found.length} workflows: choose one with --workflow ${names.join(", --workflow ")}`
      : `${file} exports no workflow "${name}", but ${names.join(", ")}. ${didYouMean(name, names)}`.trim()
  )
}

/** The version that a module exports of a workflow, another one than that; `name` chooses one of several. */
export const newerOf = async (file: string, than: string, name: string | undefined): Promise<SomeWorkflow> => {
  if (name !== undefined) return loadModule(file, name)
  const versions = Object.values(await importFile(file)).filter(isWorkflow)
    .filter((it) => unversionedName(nameOf(it)) === unversionedName(than) && nameOf(it) !== than)
  const names = [...new Set(versions.map(nameOf))]
  if (names.length === 1) return loadModule(file, names[0])
  throw new Usage(
    names.length === 0
      ? `${file} exports no other version of ${unversionedName(than)} than ${than}`
      : `${file} exports ${names.length} versions: choose one with --workflow ${names.join(", --workflow ")}`
  )
}

/** Two copies of the library do not know each other's schemas: their runs would fail. Throws `NotThere`. */
export const refuseOtherCopies = async (file: string, workflows: ReadonlyArray<object>): Promise<void> => {
  const { isAssembledHere } = await import("../../workflow/assemble.ts")
  if (workflows.every(isAssembledHere)) return
  throw new NotThere(
    `${file} imports another copy of pinnace than this command is from: use the command of its project, as in \`npx pinnace\` there`
  )
}

/** What a module exports. Throws `Usage` where there is none. */
export const importFile = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  if (!existsSync(file)) throw new Usage(`Cannot read ${file}: there is no such file`)
  try {
    return await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    if (isMiswritten(error)) throw new NotThere(`Cannot load ${file}: ${error.message}`, { cause: error })
    // What the library refuses says itself what is wrong, and is told as such.
    if (!(error instanceof Error) || "_tag" in error) throw error
    const at = ownFrame(error.stack ?? "")
    const place = at === undefined ? "" : `\n  at ${at}`
    throw new NotThere(`Cannot load ${file}, since it throws ${error.name}: ${error.message}${place}`, { cause: error })
  }
}

/** Whether a module or one that it imports is not there or cannot be parsed, in the words of any runtime. */
const isMiswritten = (error: unknown): error is Error =>
  ["SyntaxError", "ResolveMessage", "BuildMessage"].includes((error as Error).name) ||
  String((error as NodeJS.ErrnoException).code).startsWith("ERR_MODULE_NOT_FOUND")

/** Whether a value that a module exports is a workflow. */
export const isWorkflow = (value: unknown): value is SomeWorkflow =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "Workflow"
