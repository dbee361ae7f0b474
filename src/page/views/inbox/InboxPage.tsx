/** Everything that waits for a person, and whatever else does not move. */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { Time } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { resume } from "../../state/act.ts"
import { linkTo } from "../../state/route.ts"
import { type NamedStuck, readNamedStuck, type Stuck } from "../../state/stuck.ts"
import { canAct } from "../../state/session.ts"
import { accepted, ActionDialog } from "../run/ActionDialog.tsx"
import type { DialogKind } from "../run/dialogKinds.ts"
import { dialog } from "../run/scene.ts"
import { SignalDialog } from "../run/SignalDialog.tsx"

const titles: Readonly<Record<Stuck["kind"], string>> = {
  signal: "Waits for you",
  suspended: "Suspended",
  held: "Held",
  interrupted: "Interrupted",
  permit: "Waits for a permit",
  time: "Waits for its time"
}

const order: ReadonlyArray<Stuck["kind"]> = ["signal", "suspended", "held", "interrupted", "permit", "time"]

interface ItemProps {
  readonly it: NamedStuck
  readonly onAct: (is: DialogKind) => void
}

const Item = ({ it, onAct }: ItemProps) => (
  <li class={`inbox-item tone-${it.kind === "signal" ? "ask" : "wait"}`}>
    <Icon sign={it.kind === "signal" ? "signal" : "clock"} />
    <div>
      <p>
        <a href={linkTo(["runs", it.run], it.node === "" ? {} : { node: it.node })}>
          <strong>{it.node === "" ? it.run : it.name}</strong>
        </a>
        {it.node !== "" && (
          <>
            {" "}in <a href={linkTo(["runs", it.run])}>{it.run}</a>
          </>
        )} <span class="faint">{it.workflow}</span>
      </p>
      <p class="faint">
        {it.because}
        {it.until !== undefined && (
          <>
            ; goes on <Time at={it.until} />
          </>
        )}
      </p>
    </div>
    {it.kind === "signal" && canAct() && (
      <button type="button" class="primary" onClick={() => onAct("signal")}>Answer…</button>
    )}
    {it.kind === "suspended" && it.node === "" && canAct() && (
      <button
        type="button"
        onClick={() => onAct("wake")}
      >
        Resume…
      </button>
    )}
  </li>
)

/** The page. */
export const InboxPage = () => {
  const { problem, value } = useLoaded("stuck", readNamedStuck, true)
  const asked = useSignal<NamedStuck | undefined>(undefined)
  const all = value.value
  const chosen = asked.value
  useEffect(() => {
    document.title = "Inbox · Pinnace"
  }, [])
  return (
    <section class="page" aria-labelledby="inbox-title">
      <header class="page-head">
        <h1 id="inbox-title">Inbox</h1>
        {all !== undefined && (
          <span class="faint total">{all.filter(({ kind }) => kind === "signal").length} for you</span>
        )}
      </header>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {all === undefined
        ? problem.value === "" && <Loading label="Reading what waits" />
        : all.length === 0
        ? (
          <Empty title="Nothing waits" sign="inbox">
            <p>Nodes that wait for a person show up here as soon as they do.</p>
          </Empty>
        )
        : (
          <div class="scroll">
            {order.filter((kind) => all.some((it) => it.kind === kind)).map((kind) => (
              <section key={kind} class="inbox-part">
                <h2>
                  {titles[kind]}{" "}
                  <span class="faint">
                    {all.filter((it) =>
                      it.kind === kind
                    ).length}
                  </span>
                </h2>
                <ul>
                  {all.filter((it) => it.kind === kind).slice(0, 200).map((it) => (
                    <Item
                      key={`${it.run} ${it.node}`}
                      it={it}
                      onAct={(is) => {
                        asked.value = it
                        dialog.value = { is, node: it.node }
                      }}
                    />
                  ))}
                </ul>
              </section>
            ))}
          </div>
        )}
      {dialog.value?.is === "signal" && chosen !== undefined && (
        <SignalDialog run={chosen.run} node={chosen.node} name={chosen.name} outputs={chosen.outputs} />
      )}
      {dialog.value?.is === "wake" && chosen !== undefined && (
        <ActionDialog
          title={`Resume ${chosen.run}`}
          verb="Resume the run"
          command={resume.command(chosen.run)}
          onDo={() => accepted(resume.do(chosen.run), `${chosen.run} goes on`)}
        >
          <p>Its nodes begin again.</p>
        </ActionDialog>
      )}
    </section>
  )
}
