/** Pages of help as text. */
import { pad, wrap } from "./paint/width.ts"
import type { Entry, Option, Options, Table, Verb } from "./Verb.ts"

/** Options that every verb understands. */
export const everywhere: Options = {
  db: { type: "string", value: "FILE", about: "The state file, or postgres://…; default $PINNACE_DB, then pinnace.db" },
  server: { type: "string", value: "URL", about: "Ask the server there instead (its token: $PINNACE_TOKEN)" },
  as: { type: "string", value: "NAME", about: "Who does it, for audit; default $PINNACE_ACTOR, then user@host" },
  "no-color": { type: "boolean", about: "No colours, like NO_COLOR=1" },
  "no-utf8": { type: "boolean", about: "Letters instead of icons and lines" },
  debug: { type: "boolean", about: "Show where an unexpected error came from" },
  help: { type: "boolean", short: "h", about: "Show this page" }
}

const groups: ReadonlyArray<Entry["group"]> = ["Run", "Look", "Act", "Keep", "Tools"]

/** The page of the whole command; an app's own begins with the names of its workflows. */
export const overview = (program: string, table: Table, workflows: ReadonlyArray<string> = []): string => {
  const lines = groups.flatMap((group) => [
    group,
    ...Object.entries(table).filter(([, it]) => it.group === group).map(([name, { summary }]) =>
      `  ${pad(name, 12)}${summary}`
    ),
    ""
  ])
  return [
    `${program}: durable workflows on this machine, in one state file`,
    "",
    ...workflows.map((name) => `  ${program} run ${name}`),
    `  ${program} run FILE…             run an Argo manifest or a TypeScript module`,
    `  ${program} VERB RUN…             look at runs and act on them, whichever process executes them`,
    `  ${program} help VERB             explain a verb, with examples`,
    "",
    ...lines,
    "RUN is the id of a run, the beginning of one, the name of a workflow that has one run, or @latest.",
    "Exit codes: 0 succeeded, 1 failed, 2 error, 64 wrong use or invalid input, 130 interrupted, 143 left for resume."
  ].join("\n")
}

/** The page of one verb. */
export const page = (program: string, name: string, verb: Verb): string =>
  [
    usage(program, name, verb),
    "",
    ...wrap(verb.about, widestPage),
    ...listed("Options", verb.options),
    ...listed("Everywhere", verb.db === undefined ? everywhere : withDb(verb.db)),
    "",
    "Examples",
    ...verb.examples.flatMap(([line, why]) => [`  ${program} ${line}`, `      ${why}`])
  ].join("\n")

const withDb = (file: string): Options => ({
  ...everywhere,
  db: { ...everywhere["db"]!, about: `The state file; default ${file}` }
})

/** The first line of a verb's page. */
export const usage = (program: string, name: string, verb: Verb): string =>
  `Usage: ${program} ${name}${verb.usage === "" ? "" : ` ${verb.usage}`}`

/** Columns of a page, where its options leave room for that. */
const widestPage = 96

const listed = (title: string, options: Options): ReadonlyArray<string> => {
  const rows = Object.entries(options).map(([name, option]) => [written(name, option), option.about] as const)
  if (rows.length === 0) return []
  const widest = Math.max(...rows.map(([left]) => left.length))
  const room = Math.max(40, widestPage - widest)
  return [
    "",
    title,
    ...rows.flatMap(([left, about]) =>
      wrap(about, room).map((line, at) => `  ${pad(at === 0 ? left : "", widest + 3)}${line}`)
    )
  ]
}

const written = (name: string, { short, value }: Option): string =>
  `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`
