/** Does one thing to all runs that the filter shows; says first how many they are. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Problem, wordsOf } from "../../api/Client.ts"
import { get } from "../../api/connection.ts"
import type { Run } from "../../api/wire.ts"
import { runQuery } from "../../filter/runQuery.ts"
import { Banner, Loading } from "../../parts/Notice.tsx"
import { PhaseDot } from "../../parts/Phase.tsx"
import { remove, retry, stop } from "../../state/act.ts"
import { canAct } from "../../state/session.ts"
import { counted } from "../../state/words.ts"
import { isTerminal } from "../../../run/Phase.ts"
import { ActionDialog } from "../run/ActionDialog.tsx"
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

const commandOf = (verb: string, runs: ReadonlyArray<Run>): ReadonlyArray<string> => [
  verb,
  ...runs.length === 0 ? ["RUN…"] : runs.slice(0, 4).map(({ id }) => id),
  ...runs.length > 4 ? ["…"] : []
]

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

const BulkDialog = ({ filter, onDone }: Props) => {
  const runs = useSignal<ReadonlyArray<Run> | undefined>(undefined)
  const problem = useSignal("")
  const verb = useSignal("stop")
  const isAll = useSignal(true)
  useEffect(() => {
    const wanted = runQuery(filter)
    if ("wrong" in wanted) return void (problem.value = wanted.wrong)
    wanted.query.set("limit", String(most))
    get<{ readonly runs: ReadonlyArray<Run>; readonly next?: string }>(`/runs?${wanted.query}`).then((it) => {
      runs.value = it.runs
      isAll.value = it.next === undefined
    }, (error: unknown) => void (problem.value = wordsOf(error)))
  }, [])
  const deed = deeds[verb.value]!
  const all = runs.value ?? []
  const meant = all.filter(deed.fits)
  return (
    <ActionDialog
      title="All runs that the filter shows"
      verb={meant.length === 0 ? deed.word : `${deed.word} ${counted(meant.length, "run")}`}
      tone={verb.value === "retry" ? "primary" : "danger"}
      isReady={meant.length > 0}
      command={commandOf(verb.value, meant)}
      onDo={async () => {
        const failed: Array<string> = []
        for (const { id } of meant) {
          await patiently(() => deed.do(id)).catch((error: unknown) => failed.push(`${id}: ${wordsOf(error)}`))
        }
        onDone()
        if (failed.length > 0) {
          throw new Error(`${meant.length - failed.length} were ${deed.done}, ${failed.length} not. ${failed[0]}`)
        }
        return `${counted(meant.length, "run")} ${deed.done}`
      }}
    >
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {runs.value === undefined && problem.value === "" && <Loading label="Reading the runs" rows={3} />}
      {runs.value !== undefined && (
        <>
          <fieldset class="choices">
            <legend class="unseen">What is done</legend>
            {Object.entries(deeds).map(([name, { fits, word }]) => (
              <label key={name} class="check">
                <input
                  type="radio"
                  name="deed"
                  checked={verb.value === name}
                  onChange={() => void (verb.value = name)}
                />
                {word} <span class="faint">{all.filter(fits).length} of {counted(all.length, "run")}</span>
              </label>
            ))}
          </fieldset>
          <p>{deed.about}</p>
          {!isAll.value && (
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
      )}
    </ActionDialog>
  )
}
