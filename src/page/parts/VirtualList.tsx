/** A list of rows of one height, of which those in sight exist. */
import type { ComponentChildren } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"

interface Props<A> {
  readonly items: ReadonlyArray<A>
  readonly height: number
  readonly keyOf: (item: A, at: number) => string
  readonly children: (item: A, at: number) => ComponentChildren
  /** Is kept in sight when it changes. */
  readonly reveal?: number
  readonly label: string
  /** Stays above the rows. */
  readonly head?: ComponentChildren
  readonly role?: "tree" | "list" | "rowgroup" | "log"
  readonly onScroll?: (top: number, isAtEnd: boolean) => void
  /** Stays at the end as rows come. */
  readonly sticks?: boolean
  readonly onNearEnd?: (() => void) | undefined
}

/** The list; it fills the place that it is given and scrolls in it. */
export function VirtualList<A>(props: Props<A>) {
  const { children, head, height, items, keyOf, label, onNearEnd, onScroll, reveal, role = "list", sticks = false } =
    props
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, tall: 800 })
  const look = (): void => {
    const { clientHeight, scrollHeight, scrollTop } = box.current!
    setView((it) => it.top === scrollTop && it.tall === clientHeight ? it : { top: scrollTop, tall: clientHeight })
    onScroll?.(scrollTop, scrollTop + clientHeight >= scrollHeight - height)
    if (scrollTop + clientHeight > scrollHeight - height * 30) onNearEnd?.()
  }
  useLayoutEffect(() => {
    const watch = new ResizeObserver(look)
    watch.observe(box.current!)
    return () => watch.disconnect()
  }, [])
  useLayoutEffect(() => {
    if (reveal === undefined || reveal < 0) return
    const { clientHeight, scrollTop } = box.current!
    if (reveal * height < scrollTop) box.current!.scrollTop = reveal * height
    else if ((reveal + 1) * height > scrollTop + clientHeight) {
      box.current!.scrollTop = (reveal + 1) * height - clientHeight
    }
  }, [reveal])
  useLayoutEffect(() => {
    if (sticks) box.current!.scrollTop = box.current!.scrollHeight
  }, [sticks, items.length])
  const first = Math.max(0, Math.floor(view.top / height) - 8)
  const last = Math.min(items.length, Math.ceil((view.top + view.tall) / height) + 8)
  return (
    <div
      class="virtual"
      ref={box}
      onScroll={look}
      role={role}
      aria-label={label}
      // Lines have nothing that takes the focus, and people without a mouse scroll, too.
      tabIndex={role === "log" ? 0 : undefined}
    >
      {head}
      <div class="virtual-all" role="presentation" style={{ height: `${items.length * height}px` }}>
        <div class="virtual-seen" role="presentation" style={{ transform: `translateY(${first * height}px)` }}>
          {items.slice(first, last).map((item, at) => (
            <div
              key={keyOf(item, first + at)}
              class="virtual-row"
              role={role === "list" ? "listitem" : "presentation"}
              style={{ height: `${height}px` }}
            >
              {children(item, first + at)}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
