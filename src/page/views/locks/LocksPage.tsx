/** Semaphores: how much of each is held, by whom, who waits and why; limits to change. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { get, send } from "../../api/connection.ts"
import type { Permit, Semaphore } from "../../api/wire.ts"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { Time } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { commandOf } from "../../state/command.ts"
import { linkTo } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { duration, grouped } from "../../state/words.ts"
import { ActionDialog } from "../run/ActionDialog.tsx"
import { dialog } from "../run/scene.ts"

const Who = ({ at, onBreak, permit }: {
  readonly permit: Permit
  readonly at?: number
  readonly onBreak?: () => void
}) => (
  <li>
    {at !== undefined && <span class="place">{at + 1}</span>}
    <div>
      <p>
        <a href={linkTo(["runs", permit.run], permit.node === "" ? {} : { node: permit.node })}>
          {permit.node || permit.run}
        </a>{" "}
        <span class="faint">
          of {permit.run}
          {permit.weight > 1 && `, takes ${permit.weight}`}
          {permit.process !== undefined && `, process ${permit.process}`}
        </span>
      </p>
      {permit.reason !== undefined && <p class="faint">{permit.reason}</p>}
    </div>
    <span class="faint">
      <Time at={permit.since} />
    </span>
    {onBreak !== undefined && canAct() && (
      <button
        type="button"
        class="quiet small"
        aria-label={`Take away the permits of ${permit.node || permit.run}`}
        onClick={onBreak}
      >
        Take away…
      </button>
    )}
  </li>
)

interface CardProps {
  readonly it: Semaphore
  readonly onChange: () => void
  readonly onBreak: (permit: Permit) => void
}

/** Where a limit comes from: only one that the state file keeps stays as it is set. */
const isStored = ({ source }: Semaphore): boolean => source === "state file"

const Card = ({ it, onBreak, onChange }: CardProps) => {
  const share = it.limit === undefined || it.limit === 0 ? 1 : Math.min(1, it.held / it.limit)
  return (
    <article class="lock">
      <header>
        <h2>{it.name}</h2>
        <span class="faint">limit from {it.source === "code" ? "its code" : `the ${it.source}`}</span>
        <div class="grow" />
        {canAct() && isStored(it) && <button type="button" onClick={onChange}>Set limit…</button>}
      </header>
      {it.problem !== undefined && <Banner>{it.problem}</Banner>}
      <div class="lock-bar" role="img" aria-label={`${it.held} of ${it.limit ?? "an unknown limit"} held`}>
        <i class={share >= 1 ? "tone-wait" : "tone-running"} style={{ width: `${share * 100}%` }} />
      </div>
      <p class="lock-sum">
        <strong>{grouped(Math.round(it.held * 100) / 100)}</strong> of <strong>{it.limit ?? "?"}</strong>{" "}
        {it.per === undefined ? "held" : `used, each comes back within ${duration(it.per)}`}
        {it.queue.length > 0 && (
          <>
            , <strong>{it.queue.length}</strong> waiting
          </>
        )}
      </p>
      {it.holders.length > 0 && (
        <>
          <h3>Held by</h3>
          <ul class="permits">
            {it.holders.slice(0, 100).map((permit) => (
              <Who
                key={`${permit.run} ${permit.node}`}
                permit={permit}
                onBreak={() => onBreak(permit)}
              />
            ))}
          </ul>
        </>
      )}
      {it.queue.length > 0 && (
        <>
          <h3>Waiting, in order</h3>
          <ol class="permits">
            {it.queue.slice(0, 100).map((permit, at) => (
              <Who
                key={`${permit.run} ${permit.node}`}
                permit={permit}
                at={at}
              />
            ))}
          </ol>
        </>
      )}
    </article>
  )
}

/** Sets the limit of a semaphore. */
export const LimitDialog = ({ it, onDone }: { readonly it: Semaphore; readonly onDone: () => void }) => {
  const limit = useSignal(it.limit ?? 1)
  const isReady = Number.isInteger(limit.value) && limit.value >= 0
  return (
    <ActionDialog
      title={`Limit of ${it.name}`}
      verb="Set the limit"
      isReady={isReady}
      command={commandOf(["locks", "set"], [it.name, isReady ? String(limit.value) : "LIMIT"])}
      onDo={async () => {
        await send("PUT", "/locks", { name: it.name, limit: limit.value })
        onDone()
        return `At most ${limit.value} at once from now on`
      }}
    >
      <label class="field">
        <span>How many at once</span>
        <input
          type="number"
          min={0}
          step={1}
          value={Number.isNaN(limit.value) ? "" : limit.value}
          onInput={(event) => void (limit.value = event.currentTarget.valueAsNumber)}
        />
      </label>
      <p class="faint">Whoever holds permits keeps them. With a higher limit, the first of the queue begin at once.</p>
    </ActionDialog>
  )
}

const BreakDialog = ({ it, onDone }: { readonly it: Permit; readonly onDone: () => void }) => {
  const typed = useSignal("")
  const name = it.node || it.run
  return (
    <ActionDialog
      title={`Take away the permits of ${name}`}
      verb="Take them away"
      tone="danger"
      isReady={typed.value.trim() === name}
      command={commandOf(["locks", "break"], [it.run, it.node])}
      onDo={async () => {
        const had = await send<boolean>("POST", "/locks/break", { run: it.run, node: it.node })
        onDone()
        if (!had) throw new Error(`${name} has no permits any more`)
        return `The permits of ${name} were taken away`
      }}
    >
      <p>
        The node is <strong>not</strong>{" "}
        stopped: it works on without its permits, while the next of the queue begins. So more may be at work than the
        limit allows. Do it when its work is known to be over, or is harmless beside others.
      </p>
      <p class="faint">That is recorded in the log of the node.</p>
      <label class="field">
        <span>
          Type <code>{name}</code> to confirm
        </span>
        <input
          type="text"
          autocomplete="off"
          value={typed.value}
          onInput={(event) => void (typed.value = event.currentTarget.value)}
        />
      </label>
    </ActionDialog>
  )
}

/** The page. */
export const LocksPage = () => {
  const { again, problem, value } = useLoaded("locks", () => get<ReadonlyArray<Semaphore>>("/locks"), true)
  const chosen = useSignal<Semaphore | undefined>(undefined)
  const broken = useSignal<Permit | undefined>(undefined)
  useEffect(() => {
    document.title = "Locks · Pinnace"
  }, [])
  return (
    <section class="page" aria-labelledby="locks-title">
      <header class="page-head">
        <h1 id="locks-title">Locks</h1>
      </header>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {value.value === undefined
        ? problem.value === "" && <Loading label="Reading the locks" />
        : value.value.length === 0
        ? (
          <Empty title="No semaphores" sign="lock">
            <p>A semaphore shows up here once a run has asked for one of its permits.</p>
          </Empty>
        )
        : (
          <div class="scroll cards">
            {value.value.map((it) => (
              <Card
                key={it.name}
                it={it}
                onBreak={(permit) => {
                  broken.value = permit
                  dialog.value = { is: "break" }
                }}
                onChange={() => {
                  chosen.value = it
                  dialog.value = { is: "limit" }
                }}
              />
            ))}
          </div>
        )}
      {dialog.value?.is === "break" && broken.value !== undefined && <BreakDialog it={broken.value} onDone={again} />}
      {dialog.value?.is === "limit" && chosen.value !== undefined && <LimitDialog it={chosen.value} onDone={again} />}
    </section>
  )
}
