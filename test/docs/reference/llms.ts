/** `llms.txt`: the pages with what each is about, for programs that read documentation; made of the map. */
import { readPage } from "../Page.ts"

/** The text. */
export const llmsText = (): string => {
  const intro = readPage("README.md").text.split("\n\n")[1]!.replaceAll("\n", " ").replaceAll(/\]\([^)]*\)|\[/g, "")
  const sections = readPage("docs/README.md").text.split(/^## /m).slice(1).map((section) => {
    const [title = ""] = section.split("\n")
    const rows = [...section.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\) \| (.+) \|$/gm)].map((
      [, name, link = "", about = ""]
    ) => `- [${name}](${link.startsWith("../") ? link.slice(3) : `docs/${link}`}): ${about.replaceAll("`", "")}`)
    return `## ${title}\n\n${rows.join("\n")}\n`
  })
  return `# Pinnace\n\n> ${intro}\n\n${sections.join("\n")}`
}
