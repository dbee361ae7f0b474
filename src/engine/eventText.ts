/** Events as JSON text, with their payload as the text it is already, so that big values are turned into text once. */
import type { CacheNote, NodeEvent, RunEvent } from "../run/Event.ts"

type Started = Extract<NodeEvent, { readonly type: "NodeStarted" }>

/** A fact about a run; `text` is the output of one that has finished. */
export const runText = (event: RunEvent, text: string | undefined): string => {
  if (event.type !== "RunFinished" || text === undefined) return JSON.stringify(event)
  const deletion = event.deleteAt === undefined ? "" : `"deleteAt":${event.deleteAt},`
  return `{"type":"RunFinished",${deletion}"ending":${JSON.stringify(event.ending).slice(0, -1)},"output":${text}}}`
}

/** A fact about a node with its payload: input, output or signal. */
export const nodeText = (event: NodeEvent, text: string): string => {
  const path = JSON.stringify(event.path)
  if (isPlainStart(event)) {
    return `{"type":"NodeStarted","path":${path},"kind":"${event.kind}",${boundText(event.attempts)}"input":${text}}`
  }
  if (isPlainSuccess(event)) {
    return `{"type":"NodeFinished","path":${path},"ending":{"phase":"Succeeded","output":${text}}}`
  }
  return spliceAny(event, `{"type":"${event.type}","path":${path},`, text)
}

/** A start as most are; what it says more costs nothing where it is not said. */
const isPlainStart = (event: NodeEvent): event is Started =>
  event.type === "NodeStarted" && event.undo === undefined && event.cache === undefined && event.on === undefined &&
  event.shows === undefined && event.takes === undefined

/** An end as most are: of a node that began, by its own work. */
const isPlainSuccess = (event: NodeEvent): event is Finished =>
  event.type === "NodeFinished" && event.kind === undefined && event.from === undefined &&
  event.shows === undefined && event.ending.phase === "Succeeded" && event.ending.reason === undefined

const spliceAny = (event: NodeEvent, head: string, text: string): string => {
  switch (event.type) {
    case "NodeStarted":
      return `${head}"kind":"${event.kind}",${boundText(event.attempts)}${undoText(event.undo)}${
        cacheText(event.cache)
      }${poolText(event.on)}${takesText(event.takes)}${shownText(event, text)}}`
    case "NodeWaiting":
      return `${JSON.stringify({ ...event, shows: undefined }).slice(0, -1)},"shows":${text}}`
    case "NodeSignalled":
      return `${head}${event.kind === undefined ? "" : `"kind":"${event.kind}",`}"value":${text}}`
    case "NodeFinished":
      return head + finishedText(event, text)
    default:
      return JSON.stringify(event)
  }
}

/** What is shown of a node stands in the place of its input: it has no other. */
const shownText = ({ shows }: Started, text: string): string =>
  shows === undefined ? `"input":${text}` : `"input":null,"shows":${text}`

const boundText = (attempts: number | undefined): string => attempts === undefined ? "" : `"attempts":${attempts},`

const poolText = (pool: string | undefined): string => pool === undefined ? "" : `"on":${JSON.stringify(pool)},`

const takesText = (takes: Started["takes"]): string => takes === undefined ? "" : `"takes":${JSON.stringify(takes)},`

const undoText = (undo: true | undefined): string => undo === undefined ? "" : '"undo":true,'

const cacheText = (note: CacheNote | undefined): string => note === undefined ? "" : `"cache":${JSON.stringify(note)},`

const finishedText = ({ ending, from, input, kind, reused: result, shows }: Finished, text: string): string => {
  const told = shows === undefined ? "" : `"shows":${JSON.stringify(shows)},`
  const given = `${input === undefined ? "" : `"input":${JSON.stringify(input)},`}${told}`
  const origin = result === undefined ? "" : `"reused":${JSON.stringify(result)},`
  const reused = from === undefined ? "" : `"from":${JSON.stringify(from)},${origin}${given}`
  const rest = ending.reason === undefined ? "" : `,${JSON.stringify({ ...ending, phase: undefined }).slice(1, -1)}`
  return `${
    kind === undefined ? "" : `"kind":"${kind}",`
  }${reused}"ending":{"phase":"${ending.phase}","output":${text}${rest}}}`
}

type Finished = Extract<NodeEvent, { readonly type: "NodeFinished" }>
