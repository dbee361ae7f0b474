/** What axe says of a page. */
import type { Page } from "playwright-core"

interface Checked {
  readonly violations: ReadonlyArray<{ readonly id: string; readonly nodes: ReadonlyArray<{ readonly html: string }> }>
}

/** What breaks a rule of wcag2a, wcag2aa or wcag21aa, with the element that does. */
export const faultsIn = async (page: Page): Promise<ReadonlyArray<string>> => {
  const { source } = (await import("axe-core")).default
  return page.evaluate<ReadonlyArray<string>, string>(async (text) => {
    const scope = globalThis as unknown as { axe?: { run: (options: object) => Promise<Checked> } }
    if (scope.axe === undefined) (0, eval)(text)
    const { violations } = await scope.axe!.run({ runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa"] } })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  }, source)
}
