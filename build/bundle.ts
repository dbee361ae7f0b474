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
    chunkFileNames: "[name]-[hash].js"
  })
  await built.close()
  chmodSync(join(root, "dist/bin/pinnace.js"), 0o755)
}
