/** What the views of a run show: the run at the event that is looked at. */
import { computed, signal } from "@preact/signals"
import type { DialogKind } from "./dialogKinds.ts"
import type { OpenRun } from "../../state/openRun.ts"
import { place } from "../../state/route.ts"
import { isTerminal, type Phase } from "../../../run/Phase.ts"
import { byPath, everyNode, type NodeView, type RunView } from "../../../view/RunView.ts"

/** A run as it is shown. */
export interface RunScene {
  readonly open: OpenRun
  readonly run: RunView
  readonly nodes: ReadonlyMap<string, NodeView>
  /** The event that is looked at. */
  readonly seq: number
  /** Whether that is the latest. */
  readonly isLive: boolean
  readonly isOpen: boolean
}

const scenes = new WeakMap<OpenRun, { readonly value: RunScene | undefined }>()

/** The run at the event that the address names, else as it is now. */
export const sceneOf = (open: OpenRun): RunScene | undefined => {
  const known = scenes.get(open) ?? computed(kept(open))
  scenes.set(open, known)
  return known.value
}

/** The event that the address names; 0 for the latest. Nothing else of the address concerns the run. */
const asked = computed(() => Number(place.value.query["at"] ?? 0))

/** Reads it, unless nothing has happened since: earlier events that come make no other run of it. */
const kept = (open: OpenRun) => {
  let [scene, history] = [undefined as RunScene | undefined, open.history]
  return (): RunScene | undefined => {
    void open.version.value
    const at = asked.value
    const seq = at > 0 ? Math.min(at, open.history.seq) : open.history.seq
    const isSame = history === open.history && scene?.seq === seq && scene.isLive === (seq === history.seq)
    if (!isSame) scene = read(open, seq)
    history = open.history
    return scene
  }
}

const read = (open: OpenRun, seq: number): RunScene | undefined => {
  const run = open.history.at(seq)
  if (run === undefined) return undefined
  return {
    open,
    run,
    nodes: byPath(everyNode(run)),
    seq,
    isLive: seq === open.history.seq,
    isOpen: !isTerminal(run.phase as Phase)
  }
}

/** What the node at a path is called away from its siblings: an item of a list by both. */
export const nameAt = ({ nodes }: Pick<RunScene, "nodes">, path: string): string => {
  const { label = path, name = path } = nodes.get(path) ?? {}
  return label.startsWith("[") ? name.slice(name.lastIndexOf("/") + 1) : label
}

/** Whether a node waits for somebody to answer. */
export const asksAnswer = ({ waiting }: NodeView): boolean => waiting === "Signal" || waiting === "Suspended"

/** What can be done about the run that is shown, for the palette. */
export const offered = signal<ReadonlyArray<DialogKind>>([])

/** Which dialog is open, and for which node. */
export const dialog = signal<{ readonly is: DialogKind; readonly node?: string } | undefined>(undefined)
