/** What a conformance case expects, as its `.expect.json` says. */
export interface Expectation {
  readonly phase?: string
  readonly nodes?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly absentNodes?: ReadonlyArray<string>
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly outputs?: Readonly<Record<string, ExpectedOutputs>>
  readonly messageContains?: string | ReadonlyArray<string>
  readonly nodeMessageContains?: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly memo?: Readonly<Record<string, boolean>>
  readonly files?: Readonly<Record<string, string | null>>
  readonly maxConcurrent?: number
  readonly locksFree?: boolean
  readonly before?: ReadonlyArray<readonly [string, string]>
  readonly minSeconds?: number
  readonly parameters?: Readonly<Record<string, string>>
  readonly submit?: { readonly parameters?: Readonly<Record<string, string>> }
  readonly submitRefused?: boolean
  readonly lint?: { readonly ok?: boolean; readonly mentions?: ReadonlyArray<string> }
  readonly actions?: ReadonlyArray<Action>
  /** How long its run is kept after its end. */
  readonly keptSeconds?: number
  /** What the manifest finds at `server.test`. */
  readonly server?: Serving
  /** Requests that the server must have seen: method and path. */
  readonly requests?: ReadonlyArray<string>
  readonly requestsAbsent?: ReadonlyArray<string>
  /** Of a CronWorkflow: what happens to it on virtual time. */
  readonly cron?: CronExpectation
}

/** What a server answers. */
export interface Serving {
  /** By method and path; one that ends with a slash is for all paths beneath it. */
  readonly routes?: Readonly<Record<string, Route>>
  readonly bucket?: Bucket
}

/** What a request must have: parts of headers, a part of the body. */
export interface Demand {
  readonly require?: Readonly<Record<string, string>>
  readonly requireBody?: string
}

/** One answer. */
export interface Route extends Demand {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly delayMillis?: number
  /** A folder on the host whose files are the answers. */
  readonly folder?: string
}

/** A bucket of S3. */
export interface Bucket extends Demand {
  readonly name: string
  readonly objects?: Readonly<Record<string, string>>
}

/** A CronWorkflow that is kept going for a while. Its template `fail` fails. */
export interface CronExpectation {
  /** Instants as ISO 8601; time stands still until the first, and jumps where `away` says so. */
  readonly from: string
  readonly until: string
  /** While nobody looks. */
  readonly away?: readonly [from: string, until: string]
  /** What is told, in order: `started INSTANT`, `skipped INSTANT`, `stopped`. */
  readonly news: ReadonlyArray<string>
  /** Parts of the reasons that are told. */
  readonly reasons?: ReadonlyArray<string>
  /** The runs that are there in the end: the instant at which each was due, and its phase. */
  readonly runs?: Readonly<Record<string, string>>
  /** Outputs of the first run that is there in the end. */
  readonly outputs?: Readonly<Record<string, string>>
}

/** Outputs of one node. */
export interface ExpectedOutputs {
  readonly parameters?: Readonly<Record<string, string>>
  readonly result?: string
  readonly exitCode?: string
  readonly artifacts?: ReadonlyArray<string | { readonly name: string }>
  readonly artifactsAbsent?: ReadonlyArray<string>
}

/** What is done to the run once something is seen. */
export interface Action {
  readonly when?: { readonly workflow?: string; readonly node?: string; readonly phase?: string }
  readonly do: "stop" | "terminate" | "suspend" | "resume" | "retry" | "set"
  readonly nodeFieldSelector?: string
  readonly restartSuccessful?: boolean
  readonly message?: string
  /** What the refusal must say; without it nothing may be refused. */
  readonly actionErrorContains?: string
  readonly outputParameters?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
}
