/** CronWorkflows of the files that the server was started with. */
import { getArgo } from "../../api/connection.ts"
import { Icon } from "../../parts/Icon.tsx"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import { Time } from "../../parts/Time.tsx"
import { useLoaded } from "../../state/loaded.ts"
import { linkTo } from "../../state/route.ts"

interface Cron {
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly schedules: ReadonlyArray<string>
    readonly timezone?: string
    readonly suspend?: boolean
    readonly concurrencyPolicy?: string
  }
  readonly status: {
    readonly lastScheduledTime: string | null
    readonly active: ReadonlyArray<{ readonly name: string }>
    readonly succeeded: number
    readonly failed: number
  }
}

/** The page. */
export const CronPage = () => {
  const { problem, value } = useLoaded(
    "cron",
    () => getArgo<{ readonly items: ReadonlyArray<Cron> | null }>("/cron-workflows/argo"),
    true
  )
  const items = value.value?.items ?? []
  return (
    <section class="page" aria-labelledby="cron-title">
      <header class="page-head">
        <h1 id="cron-title">Cron</h1>
      </header>
      {problem.value !== "" && <Banner tone="error">{problem.value}</Banner>}
      {value.value === undefined
        ? problem.value === "" && <Loading label="Reading the schedules" />
        : items.length === 0
        ? (
          <Empty title="No CronWorkflows" sign="calendar">
            <p>
              Name their files when you start the server: <code>pinnace ui workflows/</code>.{" "}
              <code>pinnace cron workflows/</code> runs them.
            </p>
          </Empty>
        )
        : (
          <ul class="scroll workflow-list">
            {items.map(({ metadata: { name }, spec, status }) => (
              <li key={name}>
                <Icon sign="calendar" size={18} />
                <div>
                  <p>
                    <strong>{name}</strong> {spec.suspend === true && <span class="tag">suspended</span>}
                  </p>
                  <p class="faint">
                    <code>{spec.schedules.join("; ")}</code> {spec.timezone ?? ""} {spec.concurrencyPolicy ?? ""}
                  </p>
                  <p class="faint">
                    {status.lastScheduledTime === null ? "Has not run yet" : (
                      <>
                        Last <Time at={Date.parse(status.lastScheduledTime)} />
                      </>
                    )}, {status.succeeded} succeeded, {status.failed} failed
                    {status.active.map((it) => (
                      <span key={it.name}>
                        , <a href={linkTo(["runs", it.name])}>{it.name} is running</a>
                      </span>
                    ))}
                  </p>
                </div>
                <div class="grow" />
                <a class="button" href={linkTo(["runs"], { q: `label:workflows.argoproj.io/cron-workflow=${name}` })}>
                  Runs
                </a>
              </li>
            ))}
          </ul>
        )}
    </section>
  )
}
