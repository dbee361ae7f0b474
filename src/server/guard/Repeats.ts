/**
 * Actions that are asked for again since nobody heard what became of them: whoever gives each a key of its own, as the
 * header `Idempotency-Key`, has it done once, however often it is sent.
 *
 * Owns: the last actions that had a key, with what was answered. Does not own: what they do.
 *
 * Invariants
 * - Of those with one key and the same content, one is done; the others are given its answer, also while it is made.
 * - What was refused or failed is forgotten: it may be asked again.
 * - Of those that were answered there are at most 1,000; the oldest goes first. None is forgotten while it is done.
 */
import { createHash } from "node:crypto"
import { readText } from "../http/body.ts"
import { problem } from "../http/reply.ts"

interface Known {
  readonly content: string
  readonly answer: Promise<Response>
}

const most = 1_000
const longest = 200

/** The actions of one server. */
export class Repeats {
  readonly #known = new Map<string, Known>()
  /** The names of those that were answered, in that order. */
  readonly #answered = new Set<string>()

  /** Does it, unless it was done; `asker` is whoever the key is of. Throws what doing it throws. */
  async once(asker: string, request: Request, act: (request: Request) => Promise<Response>): Promise<Response> {
    const key = keyOf(request)
    if (key === undefined) return act(request)
    if (key.length > longest) return problem(400, "InvalidValue", `A key has at most ${longest} characters`)
    const name = JSON.stringify([asker, key])
    const text = await readText(request.clone())
    const content = JSON.stringify([request.method, request.url, text])
    const known = this.#known.get(name)
    if (known === undefined) return this.#begun(name, content, () => act(request))
    if (known.content !== content) return problem(422, "InvalidValue", "That key is of another request")
    return (await known.answer).clone()
  }

  async #begun(name: string, content: string, act: () => Promise<Response>): Promise<Response> {
    const answer = act()
    this.#known.set(name, { content, answer })
    try {
      const response = await answer
      if (response.ok) this.#keep(name)
      else this.#known.delete(name)
      return response.clone()
    } catch (error) {
      this.#known.delete(name)
      throw error
    }
  }

  #keep(name: string): void {
    this.#answered.add(name)
    for (const oldest of this.#answered) {
      if (this.#answered.size <= most) return
      this.#answered.delete(oldest)
      this.#known.delete(oldest)
    }
  }
}

/** The key of a request, if it has one. */
const keyOf = ({ headers }: Request): string | undefined => headers.get("idempotency-key") || undefined

/**
 * The id of a run that a request with a key starts, where it names none: always the same, so that it is not started
 * again by a server that knows nothing of the former request any more.
 */
export const idByKey = (asker: string, request: Request, workflow: string): { readonly id?: string } => {
  const key = keyOf(request)
  if (key === undefined) return {}
  const digest = createHash("sha256").update(JSON.stringify([asker, key])).digest("hex")
  return { id: `${workflow}-${BigInt(`0x${digest}`).toString(36).slice(0, 14)}` }
}
