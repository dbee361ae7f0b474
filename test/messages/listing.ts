/** Messages as one text, by area; and the digest, which a person reads in ten minutes. */
import type { Message } from "./collect.ts"

/** The text; `where` puts the source before each message. */
export const listing = (messages: ReadonlyArray<Message>, where = false): string =>
  [...Map.groupBy(messages, ({ area }) => area)].map(([area, them]) =>
    `## ${area}\n\n${them.map((it) => `- ${where ? `${it.where}: ` : ""}${it.text}\n`).join("")}\n`
  ).join("").trimEnd() + "\n"

/**
 * The shortest message for each way to begin, by the part of the program that says it, with how many begin alike. Left
 * out are names of what is wrong ("the options of open"), texts of fewer than six words, and those of expressions,
 * whose wording is expr-lang's.
 */
export const digest = (messages: ReadonlyArray<Message>): string =>
  [...Map.groupBy(messages.filter(isRead), ({ area }) => area.split("/")[0]!)].map(([part, them]) =>
    `## ${part}\n\n${[...Map.groupBy(them, beginning).values()].map(line).join("")}\n`
  ).join("").trimEnd() + "\n"

const line = (alike: ReadonlyArray<Message>): string =>
  `- ${alike.toSorted((a, b) => a.text.length - b.text.length)[0]!.text}${
    alike.length === 1 ? "" : ` (+${alike.length - 1})`
  }\n`

/** Words as they are, whatever a message is made with. */
const words = ({ text }: Message): ReadonlyArray<string> =>
  text.replaceAll(/‹[^›]*›|"[^"]*"|\S*\d\S*/g, "").split(/\s+/).filter((word) => /[a-zA-Z]/.test(word))

const beginning = (message: Message): string => words(message)[0] ?? ""

const isRead = (message: Message): boolean =>
  words(message).length >= 6 && !message.area.startsWith("argo/language") &&
  !/^(?:the|what|whether) [^.:]*$/.test(message.text)
