/** What is said in the place of what is not there, and of what went wrong. */
import type { ComponentChildren } from "preact"
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Icon, type Sign } from "./Icon.tsx"

/** Nothing is there: why, and what to do. */
export const Empty = (
  { children, sign = "box", title }: {
    readonly title: string
    readonly children?: ComponentChildren
    readonly sign?: Sign
  }
) => (
  <div class="empty">
    <Icon sign={sign} size={28} />
    <h2>{title}</h2>
    {children}
  </div>
)

/** Something is the matter. */
export const Banner = (
  { children, tone = "warning" }: { readonly children: ComponentChildren; readonly tone?: "warning" | "error" | "info" }
) => (
  <div class={`banner banner-${tone}`} role={tone === "error" ? "alert" : "status"}>
    <Icon sign="warning" />
    <div>{children}</div>
  </div>
)

/** Lines in the place of what is being read; they come only when that takes a while. */
export const Loading = ({ label, rows = 6 }: { readonly label: string; readonly rows?: number }) => {
  const late = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => void (late.value = true), 200)
    return () => clearTimeout(timer)
  }, [])
  if (!late.value) return <div role="status" aria-label={label} />
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, at) => <div key={at} class={`bone bone-${at % 3}`} />)}
    </div>
  )
}
