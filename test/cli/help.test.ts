/**
 * The pages of help, as the file that documents the command: `npx vitest run test/cli/help.test.ts -u` writes it anew.
 */
import { join } from "node:path"
import { expect, test } from "vitest"
import { overview, page } from "../../src/cli/help.ts"
import { verbs } from "../../src/cli/table.ts"

const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\`\n`

test("All pages of help are in the documentation as they are printed", async () => {
  const pages = await Promise.all(
    Object.entries(verbs).map(async ([name, entry]) =>
      `## ${name}\n\n${fenced(page("pinnace", name, (await entry.load()).verb))}`
    )
  )
  const head =
    "# The command line, verb by verb\n\nWhat `pinnace help` and `pinnace help VERB` print. A test keeps it so.\n"
  const text = [head, fenced(overview("pinnace", verbs)), ...pages].join("\n")
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, "../../docs/reference/command-line.md"))
})
