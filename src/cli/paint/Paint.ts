/** Colours and icons, or their absence. */
import { styleText } from "node:util"

type Style = Parameters<typeof styleText>[0]

const styles: Readonly<Record<string, Style>> = {
  Pending: "yellow",
  Waiting: "yellow",
  Running: "cyan",
  Succeeded: "green",
  Failed: "red",
  Error: "red"
}

const icons: Readonly<Record<string, string>> = {
  Pending: "◷",
  Waiting: "◷",
  Running: "●",
  Succeeded: "✔",
  Skipped: "○",
  Omitted: "○",
  Failed: "✖",
  Error: "⚠",
  Suspended: "ǁ"
}

/** How text may look. */
export class Paint {
  readonly color: boolean
  readonly utf8: boolean

  constructor(color: boolean, utf8: boolean) {
    this.color = color
    this.utf8 = utf8
  }

  /** Text in a style. */
  style(style: Style, text: string): string {
    return this.color && text !== "" ? styleText(style, text, { validateStream: false }) : text
  }

  /** Text of lesser weight. */
  dim(text: string): string {
    return this.style("dim", text)
  }

  /** Text of greater weight. */
  bold(text: string): string {
    return this.style("bold", text)
  }

  /** Text in the colour of a phase. */
  phase(phase: string, text = phase): string {
    const style = styles[phase]
    return style === undefined ? text : this.style(style, text)
  }

  /** The mark of a phase: an icon, or the word where icons cannot be shown. */
  icon(phase: string): string {
    return this.phase(phase, this.utf8 ? icons[phase] ?? "?" : phase)
  }
}
