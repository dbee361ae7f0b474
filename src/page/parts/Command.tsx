/** The command that does the same in a terminal. */
import { useSignal } from "@preact/signals"
import { quoted } from "./quoted.ts"
import { Icon } from "./Icon.tsx"

/** Text with a button that copies it. */
export const Copy = ({ label, text }: { readonly text: string; readonly label: string }) => {
  const done = useSignal(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(text).catch(() => {})
    done.value = true
    setTimeout(() => void (done.value = false), 1_500)
  }
  return (
    <button
      type="button"
      class="quiet icon-button"
      onClick={copy}
      aria-label={done.value ? "Copied" : label}
      title={label}
    >
      <Icon sign={done.value ? "check" : "copy"} size={14} />
    </button>
  )
}

/** A command line. */
export const Command = ({ args }: { readonly args: ReadonlyArray<string> }) => {
  const text = `pinnace ${args.map(quoted).join(" ")}`
  return (
    <div class="command">
      <code>{text}</code>
      <Copy text={text} label="Copy the command" />
    </div>
  )
}
