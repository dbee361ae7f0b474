/** Does one thing to all runs that the filter shows; says first how many they are. */
import { type Signal, useSignal } from "@preact/signals"
import { Problem } from "../../api/Client.ts"
import { get } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { runQuery } from "../../filter/runQuery.ts"
import { PhaseDot } from "../../parts/Phase.tsx"
import { Reading } from "../../parts/Reading.tsx"
import { remove, retry, stop } from "../../state/act.ts"
import { commandOf } from "../../state/command.ts"
import { useLoaded } from "../../state/loaded.ts"
import { canAct } from "../../state/session.ts"
import { counted } from "../../state/words.ts"
import { isTerminal } from "../../../run/Phase.ts"
import { ActionDialog, faultOf } from "../run/ActionDialog.tsx"
import { dialog } from "../run/scene.ts"

/** The most runs of one deed. */
const most = 1_000

interface Deed {
  readonly word: string
  readonly done: string
  readonly about: string
  readonly fits: (run: Run) => boolean
  readonly do: (id: string) => Promise<unknown>
}

const deeds: Readonly<Record<string, Deed>> = {
  stop: {
    word: "Stop",
    done: "stopped",
    about: "Those that are open end; their exit handlers run.",
    fits: ({ phase }) => !isTerminal(phase),
    do: (id) => stop.do(id, "")
  },
  retry: {
    word: "Retry",
    done: "retried",
    about: "Those that failed run their failed part again.",
    fits: ({ phase }) => phase === "Failed" || phase === "Error",
    do: (id) => retry.do(id, {})
  },
  delete: {
    word: "Delete",
    done: "deleted",
    about: "Those that have ended go, with their events, logs and values. This cannot be undone.",
    fits: ({ phase }) => isTerminal(phase),
    do: (id) => remove.do(id, false)
  }
}

/** A server that is asked too often is asked again. */
const patiently = async (act: () => Promise<unknown>): Promise<void> => {
  for (;;) {
    try {
      await act()
      return
    } catch (error) {
      if (!(error instanceof Problem && error.status === 429)) throw error
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

interface Props {
  readonly filter: string
  readonly onDone: () => void
}

/** The button, and the dialog that it opens. */
export const ActOnAll = (props: Props) =>
  canAct()
    ? (
      <>
        <button type="button" onClick={() => void (dialog.value = { is: "bulk" })}>Act on all…</button>
        {dialog.value?.is === "bulk" && <BulkDialog {...props} />}
      </>
    )
    : null

interface Found {
  readonly runs: ReadonlyArray<Run>
  readonly next?: string
}

const runsOf = (filter: string): Promise<Found> => {
  const wanted = runQuery(filter)
  if ("wrong" in wanted) return Promise.reject(new Error(wanted.wrong))
  wanted.query.set("limit", String(most))
  return get<Found>(`/runs?${wanted.query}`)
}

/** Does it to one after the other; throws an Error that tells how many were left, and why the first one was. */
const doAll = async (deed: Deed, ids: ReadonlyArray<string>): Promise<string> => {
  const failed: Array<string> = []
  for (const id of ids) {
    await patiently(() => deed.do(id)).catch((error: unknown) => failed.push(`${id}: ${faultOf(error)}`))
  }
  if (failed.length === 0) return `${counted(ids.length, "run")} ${deed.done}`
  throw new Error(`${ids.length - failed.length} were ${deed.done}, ${failed.length} not. ${failed[0]}`)
}

const BulkDialog = ({ filter, onDone }: Props) => {
  const read = useLoaded(filter, () => runsOf(filter))
  const verb = useSignal("stop")
  const deed = deeds[verb.value]!
  const all = read.value.value?.runs ?? []
  const ids = all.filter(deed.fits).map(({ id }) => id)
  return (
    <ActionDialog
      title="All runs that the filter shows"
      verb={ids.length === 0 ? deed.word : `${deed.word} ${counted(ids.length, "run")}`}
      tone={verb.value === "retry" ? "primary" : "danger"}
      isReady={ids.length > 0}
      command={commandOf([verb.value], ids.length === 0 ? ["RUN…"] : ids)}
      onDo={() =>
        doAll(deed, ids).finally(() => {
          onDone()
          read.again()
        })}
    >
      <Reading of={read} label="Reading the runs">
        {(found) => <Choice found={found} verb={verb} />}
      </Reading>
    </ActionDialog>
  )
}

const Choice = ({ found: { next, runs }, verb }: { readonly found: Found; readonly verb: Signal<string> }) => {
  const deed = deeds[verb.value]!
  const meant = runs.filter(deed.fits)
  return (
    <>
      <fieldset class="choices">
        <legend class="unseen">What is done</legend>
        {Object.entries(deeds).map(([name, { fits, word }]) => (
          <label key={name} class="check">
            <input type="radio" name="deed" checked={verb.value === name} onChange={() => void (verb.value = name)} />
            {word} <span class="faint">{runs.filter(fits).length} of {counted(runs.length, "run")}</span>
          </label>
        ))}
      </fieldset>
      <p>{deed.about}</p>
      {next !== undefined && (
        <p class="faint">Only the newest {counted(most, "run")} are meant; repeat it for the rest.</p>
      )}
      <ul class="names">
        {meant.slice(0, 50).map(({ id, phase, workflow }) => (
          <li key={id}>
            <PhaseDot phase={phase} /> {id} <span class="faint">{workflow}</span>
          </li>
        ))}
        {meant.length > 50 && <li class="faint">and {meant.length - 50} more</li>}
      </ul>
    </>
  )
}
