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
