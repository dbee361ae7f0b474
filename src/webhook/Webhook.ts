/** What a webhook is, and what it is sent. Pure. */
import { createHash, createHmac } from "node:crypto"
import type { RunEvent } from "../run/Event.ts"
import type { RunRow } from "../run/State.ts"

/** What webhooks are told of. */
export type WebhookEvent = "run.succeeded" | "run.failed" | "run.held"

/** An address that is told what becomes of runs. */
export interface Webhook {
  /** Where it is posted. */
  readonly url: string
  /** Default `run.failed` and `run.held`. */
  readonly events?: ReadonlyArray<WebhookEvent>
  /** Names of workflows; default all. */
  readonly workflows?: ReadonlyArray<string>
  /** The name of the secret that requests are signed with, as the option `secrets` finds it; default unsigned. */
  readonly secret?: string
}

/** A message that waits to be delivered; it is kept in the state file. */
export interface Letter {
  /** The same for each attempt to deliver it. */
  readonly id: string
  /** A digest of the address, which may hold a secret; and as much of it as anybody may see. */
  readonly to: string
  readonly host: string
  readonly event: WebhookEvent
  readonly run: string
  readonly workflow: string
  readonly phase: string
  readonly reason?: string
  readonly message?: string
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number
  /** When it was tried first: it is given up days after that, however long no process was there to try it. */
  readonly since?: number
  /** How often it was tried. */
  readonly tries: number
  /** When it is tried next: also until when whoever tries it now has the time. */
  readonly nextAt: number
  /** Why it could not be delivered last. */
  readonly why?: string
}

/** Cells with letters that wait, and of those that were given up. */
export const [waitingSpace, deadSpace] = ["webhook", "webhook-dead"]

const standard: ReadonlyArray<WebhookEvent> = ["run.failed", "run.held"]

/** The letters that a fact about a run makes. */
export const lettersOf = (
  webhooks: ReadonlyArray<Webhook>,
  { id: run, key, workflow }: Pick<RunRow, "id" | "key" | "workflow">,
  fact: RunEvent,
  { at, seq }: { readonly at: number; readonly seq: number }
): ReadonlyArray<Letter> => {
  const told = toldOf(fact)
  if (told === undefined) return []
  const meant = webhooks.filter(({ events = standard, workflows }) =>
    events.includes(told.event) && workflows?.includes(workflow) !== false
  )
  return [...new Set(meant.map(({ url }) => url))].map((url) => {
    const to = digestOf(url)
    // A digest, as headers take no signs beyond Latin.
    // No letter has had it: the append that it is written with must not be refused for it.
    const id = `msg_${digest(`${run}.${key}.${seq}.${at}.${to}`).slice(0, 32)}`
    return { id, to, host: new URL(url).host, run, workflow, ...told, at, tries: 0, nextAt: at }
  })
}

/** By what letters name an address. */
export const digestOf = (url: string): string => digest(url).slice(0, 12)

const digest = (text: string): string => createHash("sha256").update(text).digest("hex")

const toldOf = (fact: RunEvent): Pick<Letter, "event" | "message" | "phase" | "reason"> | undefined => {
  if (fact.type === "RunHeld") return { event: "run.held", phase: "Held", message: fact.message }
  if (fact.type !== "RunFinished") return undefined
  const { message, phase, reason } = fact.ending
  const event = phase === "Succeeded" ? "run.succeeded" : "run.failed"
  return {
    event,
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message: message.slice(0, 1_000) })
  }
}

/** The body of a request. */
export const bodyOf = ({ at, event, message, phase, reason, run, workflow }: Letter): string =>
  JSON.stringify({
    type: event,
    timestamp: new Date(at).toISOString(),
    data: { run, workflow, phase, reason, message }
  })

/**
 * The headers of a request, signed as Standard Webhooks has it: `v1,` and the base64 of an HMAC with SHA-256 over
 * `id.timestamp.body`.
 */
export const headersOf = (
  letter: Letter,
  body: string,
  now: number,
  secret: string | undefined
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(now / 1_000))
  const signed: Readonly<Record<string, string>> = secret === undefined ? {} : {
    "webhook-signature": `v1,${
      createHmac("sha256", keyOf(secret)).update(`${letter.id}.${timestamp}.${body}`).digest("base64")
    }`
  }
  return { "content-type": "application/json", "webhook-id": letter.id, "webhook-timestamp": timestamp, ...signed }
}

const keyOf = (secret: string): Uint8Array =>
  secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret)

/** How a request was answered: its status, and after how many milliseconds it may be made again. */
export interface Answer {
  /** 0 where there was no answer. */
  readonly status: number
  readonly why: string
  readonly wait?: number
}

/** Why there was no answer; an address, which may hold a secret, is not part of it. */
export const reasonOf = (error: unknown, url: string): string => {
  const { cause, message = String(error) } = (error ?? {}) as Partial<Error>
  const why = [message, ...(cause instanceof Error ? [cause.message] : [])].join(": ")
  return why.replaceAll(url, "the address").replace(/\bhttps?:\/\/[^\s)"']+/gi, "the address")
}

const month = 30 * 24 * 3_600_000

/** Whether no process has looked after a letter for a month: whoever knows its address tries it again and again. */
export const isNobodys = ({ nextAt }: Pick<Letter, "nextAt">, now: number): boolean => now - nextAt > month

/** Which of the letters that were given up are kept no longer: those of a month ago, and all but the latest. */
export const superfluous = <It extends Pick<Letter, "at" | "nextAt">>(
  dead: ReadonlyArray<It>,
  now: number
): ReadonlyArray<It> =>
  dead.toSorted((a, b) => b.at - a.at).filter((letter, place) => place >= mostDead || isNobodys(letter, now))

const mostDead = 10_000

const longestPause = 6 * 3_600_000
const patience = 3 * 24 * 3_600_000

/** What becomes of a letter that was answered: nothing where it is delivered. */
export const afterAnswer = (
  letter: Letter,
  { status, wait = 0, why }: Answer,
  now: number,
  chance: number
): { readonly letter: Letter; readonly isDead: boolean } | undefined => {
  if (status >= 200 && status < 300) return undefined
  const { since = now } = letter
  const tries = letter.tries + 1
  const pause = Math.min(longestPause, 1_000 * 4 ** (tries - 1)) * (0.8 + 0.4 * chance)
  const nextAt = now + Math.round(Math.max(pause, Math.min(wait, longestPause)))
  return { letter: { ...letter, since, tries, nextAt, why }, isDead: status === 410 || nextAt - since > patience }
}
