/**
 * Builds the page into one module, `dist/page.js`: its files by their names. So the package and both executables carry
 * it in the same way, as `#page`. What is there already is kept when it was made of the present sources.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { brotliCompressSync, constants } from "node:zlib"
import { build, type Rolldown } from "vite"

/** What the page is made of besides its own folder. */
const also = ["src/run", "src/view", "src/argo", "build/page.ts", "package-lock.json"]

const digestOf = (root: string): string => {
  const hash = createHash("sha256")
  for (const place of ["src/page", ...also]) {
    const isFile = /\.\w+$/.test(place)
    const names = isFile ? [""] : readdirSync(join(root, place), { recursive: true, encoding: "utf8" }).sort()
    for (const name of names) {
      if (!isFile && !/\.\w+$/.test(name)) continue
      hash.update(`${place}/${name}\n`).update(readFileSync(join(root, place, name)))
    }
  }
  return hash.digest("hex").slice(0, 32)
}

/** Parts that are loaded later have no styles and imports of their own to be fetched beforehand. */
const plainImports = {
  name: "plain-imports",
  enforce: "pre" as const,
  load: (id: string) =>
    id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load()" : undefined
}

/** Of marked the page needs what makes tokens of a text: what makes HTML of them is as large again. */
const lexerOnly = {
  name: "lexer-only",
  enforce: "pre" as const,
  transform: (code: string, id: string) => {
    if (!id.endsWith("marked/lib/marked.esm.js")) return undefined
    const at = code.search(/var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse\(/)
    const lexer = /\b(\w+) as Lexer\b/.exec(code)?.[1]
    if (at < 0 || lexer === undefined) {
      throw new Error("marked is written otherwise now: see what of it can be left out")
    }
    return { code: `${code.slice(0, at)}export const lexer = ${lexer}.lex`, map: null }
  }
}

/** How vite builds it. */
export const pageConfig = (root: string) => ({
  root: join(root, "src/page"),
  base: "./",
  configFile: false as const,
  logLevel: "warn" as const,
  plugins: [plainImports, lexerOnly],
  resolve: { alias: { "node:crypto": join(root, "src/page/state/noHash.ts") } },
  oxc: { jsx: { runtime: "automatic" as const, importSource: "preact", development: false } },
  worker: { format: "es" as const },
  build: {
    write: false,
    target: "es2022",
    // Browsers from before light-dark(): it becomes variables, whose values canvases can read.
    cssTarget: ["chrome111", "firefox113", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false
  }
})

/** Builds it, unless it is there; answers the size in bytes as browsers load it. */
export const buildPage = async (root: string): Promise<void> => {
  const target = join(root, "dist/page.js")
  const mark = `// Made by build/page.ts of ${digestOf(root)}\n`
  if (existsSync(target) && readFileSync(target, "utf8").startsWith(mark)) return
  const { output } = await build(pageConfig(root)) as Rolldown.RolldownOutput
  const files = output.map((it) => [it.fileName, it.type === "chunk" ? it.code : it.source] as const)
  mkdirSync(join(root, "dist"), { recursive: true })
  const text = `${mark}export const files = ${JSON.stringify(Object.fromEntries(files.map(packed)))}\n`
  // Whoever reads it meanwhile has the former one as a whole.
  const draft = `${target}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, target)
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml"
}

const packed = ([name, source]: readonly [string, string | Uint8Array]) => {
  const bytes = typeof source === "string" ? Buffer.from(source) : source
  const type = types[/\w+$/.exec(name)![0]]
  if (type === undefined) throw new Error(`The page has a file ${name}, and build/page.ts knows no type for it`)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  return [name, {
    type,
    etag: createHash("sha256").update(bytes).digest("hex").slice(0, 20),
    bytes: brotliCompressSync(bytes, { params }).toString("base64")
  }]
}
