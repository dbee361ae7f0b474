/** Asks for the token, where the page has none that the server takes. */
import { useSignal } from "@preact/signals"
import { useToken } from "../api/connection.ts"

/** The form. */
export const TokenForm = () => {
  const text = useSignal("")
  return (
    <main class="token-page">
      <form
        class="token-form"
        onSubmit={(event) => {
          event.preventDefault()
          useToken(text.value)
        }}
      >
        <h1>This page needs the token of its server</h1>
        <p>
          <code>pinnace ui</code> prints an address that ends in{" "}
          <code>#token=…</code>. Open that address, or paste it here. The token is new each time the server starts.
        </p>
        <label for="token">Address or token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          required
          value={text.value}
          onInput={(event) => void (text.value = event.currentTarget.value)}
        />
        <button type="submit" class="primary">Open</button>
      </form>
    </main>
  )
}
