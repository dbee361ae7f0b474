/** Messages as one text, by area. */
import type { Message } from "./collect.ts"

/** The text; `where` puts the source before each message. */
export const listing = (messages: ReadonlyArray<Message>, where = false): string =>
  [...Map.groupBy(messages, ({ area }) => area)].map(([area, them]) =>
    `## ${area}\n\n${them.map((it) => `- ${where ? `${it.where}: ` : ""}${it.text}\n`).join("")}\n`
  ).join("").trimEnd() + "\n"
