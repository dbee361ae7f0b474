/**
 * Names, calls and imports that the sources may not use, each with
 * what to use instead. One line can be exempted by a comment with a
 * reason on it or on the line above: `// tidy: allow Date.now — the journal's own clock is the system's`.
 */
import type { Source } from "./Source.ts"
import type { Violation } from "./Violation.ts"

interface Ban {
  readonly use: string
  readonly instead: string
  readonly except?: string
}

const uses: ReadonlyArray<Ban> = [
  { use: "Date.now", instead: "Clock.currentTimeMillis, so that tests own the time" },
  { use: "new Date()", instead: "Clock.currentTimeMillis, then new Date(millis) where a date is shown" },
  { use: "Math.random", instead: "Random from effect/Random, so that a seed replays it" },
  { use: "console.", instead: "Effect.log, or return the text and let src/cli print it", except: "src/cli/" }
]

interface ImportBan {
  readonly matches: (specifier: string, erased: boolean) => boolean
  readonly within: string
  readonly except: string
  readonly instead: string
}

const services =
  /^effect\/(Effect|Layer|Context|Clock|Random|Fiber|Scope|Runtime|ManagedRuntime|Queue|PubSub|Ref|Stream|Deferred)$/

const imports: ReadonlyArray<ImportBan> = [
  {
    matches: (specifier) => specifier === "effect",
    within: "",
    except: "",
    instead: 'Import the sub-path ("effect/Effect"): the root loads the whole library'
  },
  {
    matches: (specifier) => specifier === "better-sqlite3" || specifier.startsWith("better-sqlite3/"),
    within: "",
    except: "src/sqlite/Database.ts",
    instead: "Only src/sqlite/Database.ts names the driver. Use Database"
  },
  {
    matches: (specifier) => specifier === "pg" || specifier.startsWith("pg/"),
    within: "",
    except: "src/postgres/driver.ts",
    instead: "Only src/postgres/driver.ts names the driver. Use PgSession"
  },
  {
    matches: (specifier, erased) => !erased && services.test(specifier),
    within: "src/run/",
    except: "",
    instead: "src/run/ is pure: take the value as an argument and leave effects to src/engine/"
  },
  {
    matches: (specifier) => specifier === "pinnace" || specifier.startsWith("pinnace/"),
    within: "",
    except: "",
    instead: "Import the file itself: the package name means the published build"
  }
]

const emptyNames = /^(utils?|helpers?|common|misc|shared|types)$/i
const exemption = /\/\/ tidy: allow (\S+)(?: — (\S.*))?$/

/** Banned uses and imports in one file, and exemptions that lack a reason or exempt nothing. */
export const banViolations = (source: Source): ReadonlyArray<Violation> => {
  const exemptions = source.lines.flatMap((text, index) => {
    const found = exemption.exec(text)
    return found === null ? [] : [{ line: index + 1, use: found[1] ?? "", reason: found[2], used: false }]
  })
  const found = [...bannedUses(source), ...bannedImports(source)].filter(({ use, line }) => {
    const allowed = exemptions.find((it) => it.use === use && (it.line === line || it.line === line - 1))
    if (allowed !== undefined) allowed.used = true
    return allowed === undefined
  })
  return [
    ...found,
    ...exemptions.flatMap(({ line, use, reason, used }) => {
      const message = !used
        ? `exempts ${use}, which is not used here. Remove the comment.`
        : reason === undefined
        ? `exempts ${use} without a reason. Write \`// tidy: allow ${use} — why\`.`
        : undefined
      return message === undefined ? [] : [{ file: source.path, line, message }]
    })
  ]
}

const bannedUses = (source: Source): ReadonlyArray<Violation & { use: string }> =>
  source.uses.flatMap(({ name, line }) => {
    const ban = uses.find((
      { use }
    ) => (use.endsWith(".") ? name.startsWith(use) : name === use || name.startsWith(`${use}.`)))
    if (ban === undefined || (ban.except !== undefined && source.path.startsWith(ban.except))) return []
    const use = ban.use.endsWith(".") ? ban.use.slice(0, -1) : ban.use
    return [{ file: source.path, line, use, message: `uses ${name}. Use ${ban.instead}.` }]
  })

const bannedImports = (source: Source): ReadonlyArray<Violation & { use: string }> =>
  source.imports.flatMap(({ specifier, line, erased }) => {
    const ban = imports.find((it) =>
      it.matches(specifier, erased) && source.path.startsWith(it.within) &&
      (it.except === "" || source.path !== it.except)
    )
    if (ban === undefined) return []
    return [{ file: source.path, line, use: specifier, message: `imports "${specifier}". ${ban.instead}.` }]
  })

/** Folder and file names that say nothing. */
export const nameViolations = (path: string): ReadonlyArray<Violation> =>
  path.replace(/(\.test)?\.ts$/, "").split("/").filter((part) => emptyNames.test(part)).map((part) => ({
    file: path,
    line: 1,
    message: `is named "${part}", which says nothing. Name the idea that the code holds.`
  }))
