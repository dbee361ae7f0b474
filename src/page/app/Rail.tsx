/** Where one can go. */
import { standing } from "../api/connection.ts"
import { Icon, type Sign } from "../parts/Icon.tsx"
import { linkTo, section } from "../state/route.ts"
import { session } from "../state/session.ts"
import { theme, times } from "../state/settings.ts"
import { isHelpOpen } from "./KeyHelp.tsx"
import { pages } from "./pages.ts"

const themes: Readonly<Record<string, readonly [Sign, string]>> = {
  system: ["screen", "Theme of the system"],
  light: ["sun", "Light theme"],
  dark: ["moon", "Dark theme"]
}
const order = ["system", "light", "dark"] as const
const zones = ["relative", "local", "utc"] as const
const zoneWords = { relative: "Ago", local: "Local", utc: "UTC" }

const Live = () => {
  const { is } = standing.value
  const words = is === "live" ? "Live" : is === "lost" ? "Connection lost" : "Connecting"
  return (
    <span class={`live live-${is}`} title={words}>
      <i />
      <span>{words}</span>
    </span>
  )
}

/** The rail; on a narrow screen it is a bar at the bottom. */
export const Rail = () => (
  <nav class="rail" aria-label="Pages">
    <a class="brand" href={linkTo(["runs"])}>
      <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 2.5L20 17H4z" />
        <path d="M3 20.5h18" />
      </svg>
      <span>Pinnace</span>
    </a>
    <ul>
      {pages.map(({ key, sign, title }) => (
        <li key={key}>
          <a href={linkTo([key])} aria-current={section.value === key ? "page" : undefined} title={title}>
            <Icon sign={sign} size={18} />
            <span>{title}</span>
          </a>
        </li>
      ))}
    </ul>
    <div class="rail-end">
      <Live />
      {session.value?.who !== undefined && session.value.who !== "" && session.value.who !== "token" && (
        <span class="who faint">{session.value.who}</span>
      )}
      <div class="rail-tools">
        <button
          type="button"
          class="quiet icon-button"
          title={`${themes[theme.value]![1]}; press for the next`}
          aria-label={`Theme: ${theme.value}`}
          onClick={() => void (theme.value = order[(order.indexOf(theme.value) + 1) % 3]!)}
        >
          <Icon sign={themes[theme.value]![0]} />
        </button>
        <button
          type="button"
          class="quiet icon-button zone"
          title="How times are told; press for the next"
          aria-label={`Times: ${times.value}`}
          onClick={() => void (times.value = zones[(zones.indexOf(times.value) + 1) % 3]!)}
        >
          <Icon sign="clock" />
          <span>{zoneWords[times.value]}</span>
        </button>
        <button
          type="button"
          class="quiet icon-button"
          title="Keys (?)"
          aria-label="Keys"
          onClick={() => void (isHelpOpen.value = true)}
        >
          <Icon sign="keyboard" />
        </button>
      </div>
    </div>
  </nav>
)
