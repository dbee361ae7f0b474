/** Semaphores: how much of each is held, by whom, who waits and why; limits to change. */
import { useSignal } from "@preact/signals"
import { get, send } from "../../api/connection.ts"
import type { Permit, Semaphore } from "../../api/wire.ts"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { Time } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { linkTo } from "../../state/route.ts"
import { canAct } from "../../state/session.ts"
import { duration, grouped } from "../../state/words.ts"
import { ActionDialog } from "../run/ActionDialog.tsx"
import { dialog } from "../run/scene.ts"

const Who = ({ at, permit }: { readonly permit: Permit; readonly at?: number }) => (
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
  </li>
)

const Card = ({ it, onChange }: { readonly it: Semaphore; readonly onChange: () => void }) => {
  const share = it.limit === undefined || it.limit === 0 ? 1 : Math.min(1, it.held / it.limit)
  return (
    <article class="lock">
      <header>
        <h2>{it.name}</h2>
        <span class="faint">{it.source}</span>
        <div class="grow" />
        {canAct() && <button type="button" onClick={onChange}>Set limit…</button>}
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
            {it.holders.slice(0, 100).map((permit) => <Who key={`${permit.run} ${permit.node}`} permit={permit} />)}
          </ul>
        </>
      )}
      {it.queue.length > 0 && (
        <>
          <h3>Waiting, in order</h3>
          <ol class="permits">
            {it.queue.slice(0, 100).map((permit, at) => (
              <Who key={`${permit.run} ${permit.node}`} permit={permit} at={at} />
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
      command={["locks", "set", it.name, String(limit.value)]}
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

/** The page. */
export const LocksPage = () => {
  const { again, problem, value } = useLoaded("locks", () => get<ReadonlyArray<Semaphore>>("/locks"), true)
  const chosen = useSignal("")
  const found = dialog.value?.is === "limit" ? value.value?.find(({ name }) => name === chosen.value) : undefined
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
                onChange={() => {
                  chosen.value = it.name
                  dialog.value = { is: "limit" }
                }}
              />
            ))}
          </div>
        )}
      {found !== undefined && <LimitDialog it={found} onDone={again} />}
    </section>
  )
}
