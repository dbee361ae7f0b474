/** Reads a command line, calls its verb and turns whatever goes wrong into a message and an exit code. */
import { statSync } from "node:fs"
import { parseArgs, type ParseArgsConfig } from "node:util"
import { didYouMean } from "../argo/document/decode/didYouMean.ts"
import type { SomeWorkflow } from "../embed/inspect.ts"
import { everywhere, overview, page, usage } from "./help.ts"
import { Shell, type Streams } from "./Shell.ts"
import { elsewhere, foreignOptions, synonyms } from "./arguments/aliases.ts"
import { verbs } from "./table.ts"
import { refuse } from "./refuse.ts"
import { exitCodes, Usage } from "./Usage.ts"
import { type Entry, Flags, type Options, type Verb } from "./Verb.ts"
import { own } from "../workflow/own.ts"

/** What a command line is read for. */
export interface CommandOptions {
  readonly program: string
  readonly workflows: ReadonlyArray<SomeWorkflow>
  /** Where text goes; default the streams of this process. */
  readonly streams?: Streams
}

/** Does what the command line says; answers the exit code and never rejects. */
export const commandLine = async (args: ReadonlyArray<string>, options: CommandOptions): Promise<number> => {
  const shell = shellFor(args, options)
  const code = await dispatch(shell, args).catch((error: unknown) => refuse(shell, error))
  return await shell.isLost() && code === exitCodes.Succeeded ? exitCodes.Error : code
}

const shellFor = (args: ReadonlyArray<string>, { program, streams, workflows }: CommandOptions): Shell => {
  return new Shell({
    program,
    workflows,
    args,
    db: written(args, "--db"),
    as: written(args, "--as"),
    color: args.includes("--no-color") ? false : undefined,
    utf8: !args.includes("--no-utf8"),
    debug: args.includes("--debug"),
    streams
  })
}

/** What stands behind an option that belongs everywhere, where it stands last. */
const written = (args: ReadonlyArray<string>, option: string): string | undefined => {
  const at = args.findLastIndex((it) => it === option || it.startsWith(`${option}=`))
  return at < 0 ? undefined : args[at] === option ? args[at + 1] : args[at]!.slice(option.length + 1)
}

const dispatch = async (shell: Shell, all: ReadonlyArray<string>): Promise<number> => {
  const { address, args } = withoutServer(all)
  const at = verbAt(args)
  const name = at < 0 ? undefined : args[at]!
  if (name === undefined) {
    const asked = args.some((it) => it === "--help" || it === "-h")
    if (args.includes("--version")) return use(shell, "version", verbs["version"]!, [])
    if (!asked && args.length > 0) throw new Usage(`say what to do: ${args[0]} is not a verb\n${hint(shell.program)}`)
    shell.print(overview(shell.program, verbs, shell.names))
    return 0
  }
  const entry = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (entry === undefined) throw new Usage(`${unknownVerb(name)}\n${hint(shell.program)}`)
  const raw = [...args.slice(0, at), ...args.slice(at + 1)]
  if (address === undefined || raw.some((it) => it === "--help" || it === "-h")) return use(shell, name, entry, raw)
  return (await import("./running/remote.ts")).remotely(shell, address, name, raw)
}

/** The server that a command line is for, and what else it says. */
const withoutServer = (
  all: ReadonlyArray<string>
): { readonly address?: string; readonly args: ReadonlyArray<string> } => {
  const at = all.findIndex((it) => it === "--server" || it.startsWith("--server="))
  if (at < 0) return { args: all }
  const isApart = all[at] === "--server"
  const address = isApart ? all[at + 1] ?? "" : all[at]!.slice("--server=".length)
  return { address, args: all.filter((_, index) => index !== at && !(isApart && index === at + 1)) }
}

/** Where the verb stands: options that belong everywhere may come before it. */
const verbAt = (args: ReadonlyArray<string>): number => {
  for (let at = 0; at < args.length; at++) {
    if (args[at] === "--db" || args[at] === "--as") at++
    else if (!args[at]!.startsWith("-")) return at
  }
  return -1
}

const hint = (program: string): string =>
  `Try: ${program} run FILE · ${program} list · ${program} get @latest · ${program} help`

const unknownVerb = (name: string): string => {
  if (Object.hasOwn(elsewhere, name)) return `there is no verb "${name}". ${elsewhere[name]}`
  const same = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined
  const hint = same === undefined ? didYouMean(name, Object.keys(verbs)) : `Did you mean "${same}"?`
  return `there is no verb "${name}". ${hint}`.trim()
}

const use = async (shell: Shell, name: string, entry: Entry, raw: ReadonlyArray<string>): Promise<number> => {
  const { verb } = await entry.load()
  if (raw.some((it) => it === "--help" || it === "-h")) {
    shell.print(page(shell.program, name, verb))
    return 0
  }
  const { positionals, values } = parse(shell, name, verb, raw)
  if (verb.db !== undefined) shell.useDb(verb.db)
  refuseUnusable(shell)
  const [least, most] = verb.takes
  if (positionals.length < least) throw wrongUse(shell, name, verb, needs(shell, name, verb))
  if (positionals.length > most) throw wrongUse(shell, name, verb, `"${positionals[most]}" is one argument too many`)
  const again = (args: ReadonlyArray<string>, streams: Streams): Promise<number> =>
    commandLine(args, { program: shell.program, workflows: shell.workflows, streams })
  const run = () => verb.run({ shell, args: positionals, flags: new Flags(values), raw, table: verbs, again })
  if (verb.leavesNothingHalf === undefined) return run()
  return (await import("./running/untilCut.ts")).untilCut(shell, run)
}

const needs = ({ names }: Shell, name: string, { usage }: Verb): string => {
  const own = usage.startsWith("FILE…") && names.length > 0
  return `${name} needs ${own ? `a workflow (${names.join(", ")}) or ` : ""}${usage}`
}

const parse = (shell: Shell, name: string, verb: Verb, raw: ReadonlyArray<string>) => {
  const options: Options = { ...verb.options, ...everywhere }
  try {
    return parseArgs({
      args: [...raw],
      allowPositionals: true,
      options: options as ParseArgsConfig["options"] & object
    })
  } catch (error) {
    const wrong = /'(-[^' ]+)/.exec((error as Error).message)?.[1]
    const names = Object.keys(options).map((it) => `--${it}`)
    const hint = wrong === undefined || names.includes(wrong)
      ? ""
      : own(foreignOptions, wrong) ?? didYouMean(wrong, names)
    throw wrongUse(shell, name, verb, `${firstSentence((error as Error).message)} ${hint}`.trim())
  }
}

const firstSentence = (text: string): string => /^.*?(?:\.(?=\s|$)|$)/s.exec(text)![0]

const wrongUse = (shell: Shell, name: string, verb: Verb, message: string): Usage =>
  new Usage(`${message}\n${usage(shell.program, name, verb)}\n(${shell.program} help ${name} shows examples)`)

/** Throws Usage for a state file that can be none. */
const refuseUnusable = ({ db }: Shell): void => {
  if (db === "") throw new Usage("--db needs the name of a state file")
  if (statSync(db, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new Usage(`--db ${db}: that is a directory. Name a file in it`)
  }
}
