/** A session with a server, as far as the journal needs one; tests put others in the place of the driver's. */

/** A row as it came, by the names of its columns. */
export type PgRow = Readonly<Record<string, unknown>>

/** One connection to a server, which answers in the order of the questions. */
export interface PgSession {
  /** Without values several statements may stand in one text. */
  readonly query: (text: string, values?: ReadonlyArray<unknown>) => Promise<ReadonlyArray<PgRow>>
  /** The same for an answer that may take for ever: it does not keep the process alive. */
  readonly wait: (text: string, values?: ReadonlyArray<unknown>) => Promise<ReadonlyArray<PgRow>>
  /** Calls back with the payload of each notification on a channel this session listens to. */
  readonly onNotice: (listener: (payload: string) => void) => void
  /** Calls back once when the session has ended, also by `close`, and soon where that was before. */
  readonly onEnd: (listener: () => void) => void
  /** The number of the server's process, as the server told it at the start. */
  readonly backend: number
  readonly close: () => Promise<void>
}

/** Opens a session; fails with what the driver or the server says. */
export type Connect = () => Promise<PgSession>
