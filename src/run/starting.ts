/**
 * What a start comes to by the start policies of its workflow: a new run, one that is there, or a refusal. Pure;
 * whoever asks writes the cells in the commit that the decision is about, and decides anew when one has changed.
 *
 * Invariants
 * - P8 A key of a singleton has at most one open run (`"return"`, `"refuse"`), or at most one that works (`"queue"`,
 *   `"replace"`).
 * - P9 Of debounced starts the last input wins, and the run begins no later than `atMost` after the first of them.
 * - P10 Of one key no more runs begin in any time than `limit` and what comes back in that time.
 */
import { createHash } from "node:crypto"
import type { AnyWorkflow } from "../workflow/Definition.ts"
import type { StartDef, StartKey, Taken } from "../workflow/StartPolicy.ts"
import { unversioned } from "../workflow/version.ts"
import type { StartRule } from "./Event.ts"

/** The space of the cells that policies are kept in. */
export const startSpace = "start"

/** The policies of one start, with the keys of its input. */
export interface Asked {
  readonly singleton?: { readonly place: string; readonly key: string; readonly taken: Taken }
  readonly debounce?: { readonly place: string; readonly wait: number; readonly atMost: number }
  readonly throttle?: { readonly place: string; readonly limit: number; readonly per: number }
}

/** What is known when it is decided. */
export interface StartScene {
  /** The id of the run, if one is created. */
  readonly id: string
  /** The encoded input. */
  readonly text: string
  readonly now: number
  /** What stands at the places of `asked`. */
  readonly cells: ReadonlyMap<string, string>
  /** Whether a run can still end otherwise than it is about to. */
  readonly isOpen: (run: string) => boolean
  /** Whether a run has not begun, and nobody has asked for its end. */
  readonly isPending: (run: string) => boolean
}

/** A cell that is to be replaced. */
export interface CellChange {
  readonly key: string
  readonly was: string | null
  readonly data: string
}

/** What a start comes to. */
export type Starting =
  | { readonly do: "give"; readonly run: string }
  | { readonly do: "refuse"; readonly run: string; readonly key: string }
  /** The input becomes that of a run that has not begun. */
  | { readonly do: "fold"; readonly run: string; readonly cells: ReadonlyArray<CellChange> }
  | {
    readonly do: "create"
    readonly rule: StartRule
    readonly cells: ReadonlyArray<CellChange>
    /** Whether it begins only later: at its turn, once no more inputs come, or after the run before it. */
    readonly waits: boolean
  }

/** A run of a singleton. */
export interface Single {
  readonly run: string
  /** Counts the times that it was opened, so that each of them changes the cell. */
  readonly epoch: number
}

/** A debounced run that has not begun. */
export interface Debounced {
  readonly run: string
  readonly first: number
  readonly due: number
  /** The input it begins with; absent while that is the one it was created with. */
  readonly input?: string
}

/** How far the turns of a throttle are given away. */
export interface Throttled {
  /** The instant at which all of its turns are there again. */
  readonly full: number
  /** When that was decided: a clock that shows an earlier time since was set back by so much at least. */
  readonly at?: number
}

/**
 * The policies of a start with this input. Versions have the keys of their workflow in common, but an input can only
 * become that of a run of the same version. Throws what the keys throw.
 */
export const askedOf = (
  workflow: Pick<AnyWorkflow, "name" | "version">,
  { debounce, singleton, throttle }: StartDef,
  input: unknown
): Asked => {
  const keyed = <A extends { readonly key: ((input: never) => StartKey) | undefined }>(kind: string, policy: A) => {
    const key = policy.key === undefined ? "" : keyText(policy.key(input as never))
    const name = kind === "debounce" ? workflow.name : unversioned(workflow)
    return { ...policy, key, place: placeOf(kind, name, key) }
  }
  return {
    ...singleton === undefined ? {} : { singleton: keyed("singleton", singleton) },
    ...debounce === undefined ? {} : { debounce: keyed("debounce", debounce) },
    ...throttle === undefined ? {} : { throttle: keyed("throttle", throttle) }
  }
}

const keyText = (key: StartKey): string => {
  if (typeof key === "string" || typeof key === "boolean" || Number.isFinite(key)) return String(key)
  throw new TypeError("a key has to be a string, a finite number, true or false")
}

const longest = 300

/** The key of a cell: ASCII, and short whatever the key of the policy is. */
const placeOf = (kind: string, workflow: string, key: string): string => {
  const text = JSON.stringify([kind, workflow, key]).replace(
    /[^\x20-\x7e]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
  if (text.length <= longest) return text
  return `${text.slice(0, longest - 64)}${createHash("sha256").update(text).digest("hex")}`
}

/** What a start comes to. */
export const startingOf = (asked: Asked, scene: StartScene): Starting => {
  const folded = foldOf(asked, scene)
  if (folded !== undefined) return folded
  const { singleton } = asked
  const single = singleton === undefined ? undefined : read<Single>(scene, singleton.place)
  const taken = single !== undefined && scene.isOpen(single.run) ? single.run : undefined
  if (taken !== undefined && singleton!.taken === "return") return { do: "give", run: taken }
  if (taken !== undefined && singleton!.taken === "refuse") return { do: "refuse", run: taken, key: singleton!.key }
  return created(asked, scene, taken)
}

const foldOf = ({ debounce }: Asked, scene: StartScene): Starting | undefined => {
  if (debounce === undefined) return undefined
  const before = read<Debounced>(scene, debounce.place)
  if (before === undefined || !scene.isPending(before.run)) return undefined
  const { first, run } = before
  const due = Math.max(before.due, Math.min(scene.now + debounce.wait, first + debounce.atMost))
  return { do: "fold", run, cells: [change(scene, debounce.place, { run, first, due, input: scene.text })] }
}

const created = ({ debounce, singleton, throttle }: Asked, scene: StartScene, taken: string | undefined): Starting => {
  const { id, now } = scene
  const turn = throttle === undefined ? undefined : turnOf(throttle, read<Throttled>(scene, throttle.place), now)
  const due = debounce === undefined ? now : now + Math.min(debounce.wait, debounce.atMost)
  const inLine = singleton !== undefined && (singleton.taken === "queue" || singleton.taken === "replace")
  return {
    do: "create",
    waits: debounce !== undefined || (turn?.at ?? now) > now || inLine && taken !== undefined,
    rule: {
      ...turn === undefined || turn.at <= now ? {} : { after: turn.at },
      ...debounce === undefined ? {} : { debounce: debounce.place },
      ...singleton === undefined ? {} : { singleton: singleton.place },
      ...inLine ? { line: singleton.key } : {},
      ...singleton?.taken === "replace" && taken !== undefined ? { replaces: taken } : {}
    },
    cells: [
      ...singleton === undefined ? [] : [change(scene, singleton.place, { run: id, epoch: 1 } satisfies Single)],
      ...debounce === undefined
        ? []
        : [change(scene, debounce.place, { run: id, first: now, due } satisfies Debounced)],
      ...turn === undefined ? [] : [change(scene, throttle!.place, { full: turn.full, at: now } satisfies Throttled)]
    ]
  }
}

/** The next turn of a throttle: `limit` of them at once, then one each `per / limit`. */
const turnOf = (
  { limit, per }: { readonly limit: number; readonly per: number },
  before: Throttled | undefined,
  now: number
): { readonly at: number; readonly full: number } => {
  const each = per / limit
  const setBack = Math.max(0, (before?.at ?? now) - now)
  const full = Math.max((before?.full ?? now) - setBack, now)
  const at = Math.ceil(Math.max(now, full - per + each))
  return { at, full: full + each }
}

/** Whether nothing would be decided otherwise without this cell. */
export const isSpent = (data: string, scene: Pick<StartScene, "isOpen" | "now">): boolean => {
  const value = JSON.parse(data) as Partial<Single & Throttled>
  if (value.full !== undefined) return value.full - Math.max(0, (value.at ?? 0) - scene.now) <= scene.now
  return value.run === undefined || !scene.isOpen(value.run)
}

const read = <A>({ cells }: StartScene, place: string): A | undefined => {
  const data = cells.get(place)
  return data === undefined ? undefined : JSON.parse(data) as A
}

const change = ({ cells }: StartScene, key: string, value: Single | Debounced | Throttled): CellChange => ({
  key,
  was: cells.get(key) ?? null,
  data: JSON.stringify(value)
})
