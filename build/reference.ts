/**
 * Writes what is made of other things for a release, and is not kept in the repository: the reference of the API,
 * `docs/reference/api/`, a page for each entry of the package as `deno doc` tells it; and `llms.txt`.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../", import.meta.url))

/** The entries: what is imported, and its source. */
export const entries = (): ReadonlyArray<readonly [name: string, file: string]> =>
  Object.entries(JSON.parse(readFileSync(join(root, "deno.json"), "utf8")).exports as Record<string, string>)
    .map(([name, file]) => [name.replace(/^\./, "pinnace"), file])

/** What `deno doc` says with some arguments. */
export const denoDoc = (...args: ReadonlyArray<string>): string =>
  execFileSync(join(root, "node_modules/.bin/deno"), ["doc", ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"]
  })

/** A page from what `deno doc` prints of an entry; what another package declares is left to that. */
export const pageOf = (name: string, text: string): string => {
  const [intro = "", ...parts] = text.split(/^(?=Defined in )/m)
  const own = parts.filter((part) => !/^Defined in \S*node_modules/.test(part))
    .map((part) => part.replace(/^Defined in .*\n+/, "").trimEnd())
    .filter((part) => !/^namespace /.test(part))
  const sections = [...Map.groupBy(own, nameOf)].toSorted(([a], [b]) => a.localeCompare(b, "en"))
    .map(([symbol, blocks]) => `## ${symbol}\n\n${blocks.map((it) => `\`\`\`text\n${it}\n\`\`\`\n`).join("\n")}`)
  return `# ${name}\n\n${intro.replace(/^@module\s*/m, "").replace(/^@example[\s\S]*/m, "").trim()}\n\n${
    sections.join("\n")
  }`
}

/** The name that a block is about. */
const nameOf = (block: string): string =>
  /^(?:(?:abstract|async|declare) )*(?:function|class|interface|type|const|let|var|enum)\*? ([\w$]+)/.exec(block)
    ?.[1] ?? block.split("\n")[0]!

/** `llms.txt`: the pages with what each is about, for programs that read documentation; made of README and map. */
export const llmsText = (readme: string, map: string): string => {
  const intro = readme.split("\n\n")[1]!.replaceAll("\n", " ").replaceAll(/\]\([^)]*\)|\[/g, "")
  const sections = map.split(/^## /m).slice(1).map((section) => {
    const rows = [...section.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\) \| (.+) \|$/gm)].map((
      [, name, link = "", about = ""]
    ) => `- [${name}](${link.startsWith("../") ? link.slice(3) : `docs/${link}`}): ${about.replaceAll("`", "")}`)
    return `## ${section.split("\n")[0]}\n\n${rows.join("\n")}\n`
  })
  return `# Pinnace\n\n> ${intro}\n\n${sections.join("\n")}`
}

if (import.meta.main) {
  const read = (name: string) => readFileSync(join(root, name), "utf8")
  writeFileSync(join(root, "llms.txt"), llmsText(read("README.md"), read("docs/README.md")))
  const folder = join(root, "docs/reference/api")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, file] of entries()) {
    writeFileSync(join(folder, `${name.replace("/", "-")}.md`), pageOf(name, denoDoc(file)))
  }
}
