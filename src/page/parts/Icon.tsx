/** Signs, drawn as lines of the colour of their text. */

const paths = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  bang: "M12 5.5v8M12 17.6v.9",
  dot: "M12 12h.01",
  skip: "M5 6l6 6-6 6M13 6l6 6-6 6",
  dash: "M6 12h12",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
  hands: "M12 5v7.5l4.5 3",
  chevron: "M9 6l6 6-6 6",
  runs: "M4 6h16M4 12h16M4 18h10",
  flow: "M6 4v6a4 4 0 0 0 4 4h8M14 10l4 4-4 4",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v8.5h-13z",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  calendar: "M5 6h14v14H5zM5 10h14M9 3.5V7M15 3.5V7",
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5",
  file: "M7 3.5h7l4 4V20.5H7zM14 3.5v4h4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20",
  sun:
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4",
  moon: "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
  copy: "M9 9h10v11H9zM5 15V4h10",
  stop: "M7 7h10v10H7z",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5v13l10-6.5z",
  again: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
  undo: "M5 9h9.5a5 5 0 0 1 0 10H9M9 5L5 9l4 4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  back: "M15 6l-6 6 6 6",
  arrow: "M5 12h13M13 7l5 5-5 5",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17v.5",
  signal: "M5 12l14-7-5 15-3-6z",
  branch: "M7 5v14M7 12c6 0 10-1 10-6M17 6V4",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
  download: "M12 4v11M7.5 11L12 15.5 16.5 11M5 19.5h14",
  keyboard: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 15h8"
} as const

/** The name of a sign. */
export type Sign = keyof typeof paths

/** A sign; what it means is said beside it, or by the label of what holds it. */
export const Icon = ({ size = 16, sign }: { readonly sign: Sign; readonly size?: number }) => (
  <svg class={`icon icon-${sign}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[sign]} />
  </svg>
)
