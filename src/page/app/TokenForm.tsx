/** Asks for the token, where the page has none that the server takes. */
import { useSignal } from "@preact/signals"
import { hurry, useToken } from "../api/connection.ts"
import { useModal } from "../parts/Dialog.tsx"

const Form = () => {
  const text = useSignal("")
  const given = useSignal("")
  return (
    <form
      class="token-form"
      onSubmit={(event) => {
        event.preventDefault()
        given.value = text.value
        useToken(text.value)
      }}
    >
      <h1 id="token-title">This page needs the token of its server</h1>
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
      {given.value !== "" && given.value === text.value && (
        <p class="token-wrong" role="alert">The server does not take this one.</p>
      )}
      <button type="submit" class="primary">Open</button>
    </form>
  )
}

/** The form in place of the page. */
export const TokenPage = () => (
  <main class="token-page">
    <Form />
  </main>
)

/** The form above a page that is there: what was typed in that is kept, and what was asked goes on afterwards. */
export const TokenDialog = () => {
  const box = useModal("input")
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby="token-title"
      onKeyDown={(event) => {
        // Else the next Escape would leave what lies beneath.
        if (event.key === "Escape") event.preventDefault()
      }}
      onCancel={(event) => {
        event.preventDefault()
        hurry()
      }}
      onClose={({ currentTarget }) => {
        // A browser closes it when Escape is pressed again.
        if (currentTarget.isConnected) currentTarget.showModal()
      }}
    >
      <Form />
    </dialog>
  )
}
