/** The state file and its server. */
import { session } from "../../state/session.ts"
import { Command } from "../../parts/Command.tsx"
import { Loading } from "../../parts/Notice.tsx"
import { Time } from "../../parts/Time.tsx"
import { grouped } from "../../state/words.ts"

/** The page. */
export const FilePage = () => {
  const it = session.value
  return (
    <section class="page" aria-labelledby="file-title">
      <header class="page-head">
        <h1 id="file-title">File</h1>
      </header>
      {it === undefined ? <Loading label="Asking the server" /> : (
        <div class="scroll file-page">
          <dl class="pairs">
            <dt>You are</dt>
            <dd>{it.who || "whoever has the token"}</dd>
            <dt>Server's time</dt>
            <dd>
              <Time at={it.now} />
            </dd>
            <dt>Process</dt>
            <dd>{it.process === 0 ? "only looks" : `${it.process}; it can execute runs`}</dd>
            <dt>Changes</dt>
            <dd>{it.readOnly ? "none: the server only shows runs" : "may be made"}</dd>
            <dt>Workflows</dt>
            <dd>{it.workflows.join(", ") || "none"}</dd>
          </dl>
          <h2>Limits</h2>
          <dl class="pairs limits">
            {Object.entries(it.limits).map((
              [name, value]
            ) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name} value`}>{typeof value === "number" ? grouped(value) : String(value)}</dd>
            ])}
          </dl>
          <h2>In a terminal</h2>
          <Command args={["doctor"]} />
          <Command args={["backup", "copy.db"]} />
          <Command args={["gc"]} />
        </div>
      )}
    </section>
  )
}
