/** deno.json and package.json tell the same: exports, version, dependencies, tasks. */
import type { Violation } from "./Violation.ts"

/** What the check reads of package.json. */
export interface PackageJson {
  readonly version: string
  readonly exports: Readonly<Record<string, string | BuiltEntry>>
  readonly imports?: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** What the check reads of deno.json. */
export interface DenoJson {
  readonly version: string
  readonly exports: Readonly<Record<string, string>>
  readonly imports: Readonly<Record<string, string>>
  readonly tasks: Readonly<Record<string, string>>
}

/** An entry of package.json; `default` is for `require`, which takes no `import`. */
interface BuiltEntry {
  readonly types: string
  readonly import: string
  readonly default: string
}

/** Where the build puts an entry. */
export const built = (source: string): BuiltEntry => {
  const stem = source.replace(/^\.\//, "./dist/").replace(/\.ts$/, "")
  return { types: `${stem}.d.ts`, import: `${stem}.js`, default: `${stem}.js` }
}

/** Differences between the two files. `package.json` itself and life-cycle scripts exist on one side only. */
export const parityViolations = (npm: PackageJson, deno: DenoJson): ReadonlyArray<Violation> => [
  ...differences(
    "exports",
    omit(npm.exports, ["./package.json"]),
    Object.fromEntries(Object.entries(deno.exports).map(([name, source]) => [name, built(source)]))
  ),
  ...differences("version", { version: npm.version }, { version: deno.version }),
  ...differences(
    "dependencies",
    { ...npm.dependencies, ...npm.peerDependencies, ...npm.imports },
    Object.fromEntries(Object.entries(deno.imports).map(([name, to]) => [name, to.replace(`npm:${name}@`, "")]))
  ),
  ...differences(
    "tasks",
    Object.fromEntries(
      Object.keys(omit(npm.scripts, ["prepack", "prepare"])).map((name) => [name, `npm run ${name} --`])
    ),
    deno.tasks
  )
]

const omit = <A>(record: Readonly<Record<string, A>>, names: ReadonlyArray<string>): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))

const differences = (
  what: string,
  npm: Readonly<Record<string, unknown>>,
  deno: Readonly<Record<string, unknown>>
): ReadonlyArray<Violation> =>
  [...new Set([...Object.keys(npm), ...Object.keys(deno)])].flatMap((name) => {
    const [left, right] = [JSON.stringify(npm[name]), JSON.stringify(deno[name])]
    if (left === right) return []
    const message = `${what}: ${name} must be ${left ?? "absent"} to agree with package.json, and is ${
      right ?? "absent"
    }.`
    return [{ file: "deno.json", line: 1, message }]
  })
