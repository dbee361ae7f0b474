/**
 * Bundles the command for npm, so that it starts fast: `dist/bin/pinnace.js` with one chunk for each verb.
 *
 * Verbs that execute a user's own module are not bundled: the module
 * imports `pinnace`, and definitions and engine must come from one copy.
 */
import { chmodSync } from "node:fs"
import { join } from "node:path"
import { rolldown } from "rolldown"

/** Verbs that may load a user's module. */
const executing =
  /\/((?:verbs\/(?:run|dev|submit|cron|schedule|backfill|retry|resubmit|fork|resume|graph|demo|argo|exec-node)|running\/serveModules)\.js)$/

const unbundled = (id: string): { readonly id: string; readonly external: true } | undefined => {
  const verb = executing.exec(id)?.[1]
  return verb === undefined ? undefined : { id: `../src/cli/${verb}`, external: true }
}

/**
 * What is loaded together is one file: to find and read many small ones takes longer than to run them. Each holds what
 * its entry imports, but for what those before it hold.
 */
const together = {
  command: "dist/src/cli/mod.js",
  engine: "dist/src/embed/openEngine.js",
  views: "dist/src/cli/verbs/list.js"
}

type ModuleOf = (id: string) => { readonly importedIds: ReadonlyArray<string> } | null

/** Adds a module and all that it imports before it runs. */
const addImports = (into: Set<string>, id: string, moduleOf: ModuleOf): void => {
  if (into.has(id)) return
  into.add(id)
  for (const imported of moduleOf(id)?.importedIds ?? []) addImports(into, imported, moduleOf)
}

/** The name of the file that a module goes into; `null` leaves that to the bundler. */
const fileOf = (root: string) => {
  let files: ReadonlyArray<readonly [name: string, modules: ReadonlySet<string>]> | undefined
  return (id: string, context: { readonly getModuleInfo: ModuleOf }): string | null => {
    files ??= Object.entries(together).map(([name, entry]) => {
      const modules = new Set<string>()
      addImports(modules, join(root, entry), (id) => context.getModuleInfo(id))
      return [name, modules] as const
    })
    return files.find(([, modules]) => modules.has(id))?.[0] ?? null
  }
}

/** Bundles what the compiler has written. */
export const bundle = async (root: string): Promise<void> => {
  const built = await rolldown({
    input: { pinnace: join(root, "dist/src/cli/main.js") },
    platform: "node",
    external: /^(better-sqlite3|@aws-sdk|#page|pg$)/,
    plugins: [{ name: "executing verbs", resolveId: (id) => unbundled(id) }],
    treeshake: { moduleSideEffects: false },
    logLevel: "warn"
  })
  await built.write({
    dir: join(root, "dist/bin"),
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: [{ debugName: "together", name: fileOf(root) }] }
  })
  await built.close()
  chmodSync(join(root, "dist/bin/pinnace.js"), 0o755)
}
