/** What was thrown. */
import type { EncodedError, Json as Value } from "../../../../run/Event.ts"
import { Json } from "../../../parts/Json.tsx"

/** An error with its fields, where it came from, and its cause. */
export const ErrorBlock = ({ error, title = "Error" }: { readonly error: EncodedError; readonly title?: string }) => (
  <section class="error-block">
    <h3>
      {title}: <code>{error.tag}</code>
    </h3>
    {error.message !== "" && <pre class="error-message">{error.message}</pre>}
    {error.at !== undefined && (
      <p class="faint">
        at <code>{error.at}</code>
      </p>
    )}
    {error.data !== undefined && error.data !== null && (
      <Json value={error.data as Value} label="the fields of the error" />
    )}
    {error.stack !== undefined && (
      <details>
        <summary>Stack</summary>
        <pre class="stack">{error.stack}</pre>
      </details>
    )}
    {error.cause !== undefined && <ErrorBlock error={error.cause} title="Caused by" />}
    {error.errors?.map((it, at) => <ErrorBlock key={at} error={it} title={`${at + 1}`} />)}
  </section>
)
