/**
 * Programs that many tests start on Node. The test command makes one file of each, which starts in a third of the time;
 * a test that is run alone starts the source, and so do Bun and Deno.
 */
import { symlinkSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

/** Names the folder of the bundled programs. */
const variable = "PINNACE_TEST_PROGRAMS"

const sources = {
  "crash/database": "crash/programs/database.ts",
  "crash/host": "crash/programs/host.ts",
  "crash/keeper": "crash/programs/keeper.ts",
  "export/execSeed": "export/programs/execSeed.ts",
  "operations/cut": "operations/programs/cut.ts",
  "operations/writer": "operations/programs/writer.ts",
  "otel/app": "otel/programs/app.ts",
  "sqlite/journal": "sqlite/programs/journal.ts",
  "store/endlessPut": "store/endlessPut.program.ts",
  "stress/worker": "stress/programs/worker.ts"
} as const

/** What a program is called. */
export type ProgramName = keyof typeof sources

const sourceOf = (name: ProgramName): string => fileURLToPath(new URL(`../${sources[name]}`, import.meta.url))

/** The script of a program, for Node. */
export const programFor = (name: ProgramName, runtime: "node" | "bun" | "deno"): string => {
  const folder = process.env[variable]
  return folder === undefined || runtime !== "node" ? sourceOf(name) : join(folder, `${name}.mjs`)
}

/** Makes one file of each program; answers the environment for those who start them. */
export const bundlePrograms = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const { rolldown } = await import("rolldown")
  const names = Object.keys(sources) as ReadonlyArray<ProgramName>
  const built = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, sourceOf(name)])),
    platform: "node",
    external: /^(better-sqlite3|pg$|@aws-sdk|vitest)/,
    logLevel: "warn"
  })
  await built.write({ dir: folder, entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" })
  await built.close()
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"), "junction")
  return { [variable]: folder }
}
