/** What a node waits for, in a few words. */
import { instantText } from "../../run/instant.ts"

const words: Readonly<Record<string, string>> = {
  Retry: "waits to be tried again",
  Suspended: "is suspended",
  Signal: "waits for a signal",
  Timer: "waits for its time",
  Permit: "waits for permits"
}

/** In words; of a wait for a person that ends by itself, also when. */
export const waitText = (waiting: string, until: number | undefined, now: number): string => {
  const text = words[waiting] ?? waiting
  return waiting === "Signal" && until !== undefined ? `${text} until ${instantText(until, now)}` : text
}
