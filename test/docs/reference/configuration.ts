/** The page of options and variables, from the interfaces that declare them and the table below. */
import { fieldsOf, rowsOf } from "./fields.ts"

/** Variables of the environment that are read, or that programs of templates are given. */
export const variables: Readonly<Record<string, string>> = {
  PINNACE_DB: "The state file or database of the command, where `--db` names none; default `pinnace.db` here",
  PINNACE_BACKUP: "`off`: a state file of an earlier version is brought to this one without a copy of it beside it",
  PINNACE_ACTOR: "Who asks, as it is recorded for `audit`; default the user and the host",
  PINNACE_TOKEN: "The token of the server that `--server` or `connect` names",
  PINNACE_PLUGIN_TOKEN: "The token that executor plugins of manifests are sent",
  OTEL_EXPORTER_OTLP_ENDPOINT:
    "Where spans, logs and metrics go: `otlp()` sends to `/v1/traces` there, `otlpLogs()` to `/v1/logs`, `otlpMetrics()` to `/v1/metrics`, and so do `pinnace run` and `pinnace ui`",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "The same for spans, as a whole address",
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "The same for logs, as a whole address",
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "The same for metrics, as a whole address",
  OTEL_TRACES_EXPORTER: "`none`: the command sends no spans",
  OTEL_LOGS_EXPORTER: "`none`: the command sends no logs",
  OTEL_METRICS_EXPORTER: "`none`: the command sends no metrics",
  OTEL_METRIC_EXPORT_INTERVAL: "How often `otlpMetrics()` sends, in milliseconds; default 60000",
  OTEL_EXPORTER_OTLP_HEADERS: "Headers that are sent with them, as `name=value,name=value`",
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: "The same, for spans only",
  OTEL_EXPORTER_OTLP_LOGS_HEADERS: "The same, for logs only",
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: "The same, for metrics only",
  OTEL_EXPORTER_OTLP_COMPRESSION:
    "`gzip` or `none`; default: large bodies are compressed, except to a collector on this machine",
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "The same, for spans only",
  OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: "The same, for logs only",
  OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "The same, for metrics only",
  OTEL_SERVICE_NAME: "The name of the service in traces, logs and metrics; default `pinnace`",
  OTEL_RESOURCE_ATTRIBUTES: "Further attributes of the process in traces, logs and metrics",
  TRACEPARENT: "The trace in which `pinnace run` goes on; programs of templates are given theirs",
  NO_COLOR: "The command prints no colours when it is set",
  FORCE_COLOR: "The command prints colours also where there is no terminal",
  TERM: "`dumb`: the command prints lines instead of a live tree",
  GIT_LFS_SKIP_SMUDGE: "Artifacts from git fetch no large files; default `0`, which fetches them"
}

const section = (title: string, about: string, file: string, name: string, leave: ReadonlyArray<string> = []): string =>
  `## ${title}\n\n${about}\n\n| option | |\n|---|---|\n${rowsOf(fieldsOf(file, name), leave)}`

const inner = ["bodyOf", "stayAlive", "alarm", "turn", "tries", "longestLog"]

/** The page. */
export const configurationPage = (): string =>
  [
    `# Configuration

Every option of \`open\` and of the server, and every variable of the environment. There is no configuration file. A test writes
this page from the sources; your editor shows the same text.
`,
    section(
      "Options of open",
      "`open(path, options)`, and `layer(path, options)` of `pinnace/effect`.",
      "src/embed/openOptions.ts",
      "OpenOptions"
    ) +
    rowsOf(fieldsOf("src/sqlite/openSqlite.ts", "SqliteOptions"), inner) +
    rowsOf(fieldsOf("src/sqlite/upgrade.ts", "UpgradeOptions"), inner) +
    rowsOf(fieldsOf("src/embed/makeEngine.ts", "EngineOptions"), inner),
    section(
      "artifacts",
      "See [artifacts and stores](../artifacts.md).",
      "src/embed/artifactHost.ts",
      "ArtifactOptions"
    ),
    section("cache", "See [reuse](../reuse.md).", "src/embed/cacheHost.ts", "EngineCache"),
    section("telemetry", "See [tracing](../tracing.md).", "src/trace/Telemetry.ts", "TelemetryOptions"),
    section("telemetry.sample", "Which runs are sent.", "src/trace/Telemetry.ts", "Sampling"),
    section(
      "postgres",
      "See [A database instead of the file](../postgres.md).",
      "src/postgres/openPostgres.ts",
      "PostgresOptions",
      inner
    ) +
    rowsOf(fieldsOf("src/postgres/driver.ts", "PgAddress"), ["url"]),
    section(
      "Options of serve",
      "`serve(pinnace, options)` of `pinnace/server`, see [the server](../server.md). `handler` takes those from `token` on.",
      "src/server/serve.ts",
      "ServeOptions"
    ) +
    rowsOf(fieldsOf("src/server/HandlerOptions.ts", "HandlerOptions")),
    section("limits of serve", "What clients may ask of it at once.", "src/server/listen/Listener.ts", "ListenLimits"),
    `## Variables

| variable | |
|---|---|
${Object.entries(variables).map(([name, about]) => `| \`${name}\` | ${about} |\n`).join("")}
\`secret("NAME")\` and \`limitFromEnv("NAME")\` read variables of your own. PostgreSQL's variables (\`PGHOST\`, \`PGPASSWORD\`, …) complete
an address, as with \`psql\`. What templates of manifests see is said under
[the environment of templates](../security.md#the-environment-of-templates).
`
  ].join("\n")
