/** Durations, times and sizes as people read them. Pure. */

const pad = (value: number, width = 2): string => String(value).padStart(width, "0")

/** A duration: `340 ms`, `4.2 s`, `3 m 05 s`, `2 h 04 m`, `3 d 02 h`. */
export const duration = (millis: number): string => {
  const ms = Math.max(0, Math.round(millis))
  if (ms < 1_000) return `${ms} ms`
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`
  const s = Math.round(ms / 1_000)
  if (s < 60) return `${s} s`
  if (s < 3_600) return `${Math.floor(s / 60)} m ${pad(s % 60)} s`
  const m = Math.floor(s / 60)
  if (m < 1_440) return `${Math.floor(m / 60)} h ${pad(m % 60)} m`
  return `${Math.floor(m / 1_440)} d ${pad(Math.floor(m / 60) % 24)} h`
}

/** How long ago, or in how long: `just now`, `4 m ago`, `in 3 s`. */
export const relative = (at: number, now: number): string => {
  const away = Math.abs(now - at)
  if (away < 1_500) return "just now"
  const s = Math.round(away / 1_000)
  const text = s < 60
    ? `${s} s`
    : s < 3_600
    ? `${Math.round(s / 60)} m`
    : s < 86_400 * 2
    ? `${Math.round(s / 3_600)} h`
    : `${Math.round(s / 86_400)} d`
  return at > now ? `in ${text}` : `${text} ago`
}

/** An instant, to the millisecond, with its zone. */
export const exact = (at: number, utc: boolean): string => {
  const date = new Date(at)
  if (utc) return `${date.toISOString().slice(0, 10)} ${date.toISOString().slice(11, 23)} UTC`
  const zone = -date.getTimezoneOffset()
  const sign = zone < 0 ? "−" : "+"
  const of = `UTC${sign}${Math.floor(Math.abs(zone) / 60)}${zone % 60 === 0 ? "" : `:${pad(Math.abs(zone) % 60)}`}`
  return `${dayOf(date)} ${clockOf(date)}.${pad(date.getMilliseconds(), 3)} ${of}`
}

const dayOf = (date: Date): string => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
const clockOf = (date: Date): string => `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`

/** An instant in short: the time of day today, else with the day. */
export const short = (at: number, now: number, utc: boolean): string => {
  if (utc) {
    const [day, time] = new Date(at).toISOString().split("T")
    return new Date(now).toISOString().startsWith(day!) ? time!.slice(0, 8) : `${day} ${time!.slice(0, 5)}`
  }
  const [date, today] = [new Date(at), new Date(now)]
  return dayOf(date) === dayOf(today) ? clockOf(date) : `${dayOf(date)} ${clockOf(date).slice(0, 5)}`
}

/** An instant as the clocks of a zone show it, `Mon 2026-11-30, 03:00 Europe/Berlin`; default this machine's. */
export const inZone = (at: number, zone: string | undefined, utc: boolean): string => {
  const timeZone = zone === undefined || zone === "" ? (utc ? "UTC" : undefined) : zone
  const parts = new Intl.DateTimeFormat("en-US", {
    ...timeZone === undefined ? {} : { timeZone },
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit"
  }).formatToParts(at)
  const part = (type: string): string => parts.find((it) => it.type === type)?.value ?? ""
  const day = `${part("weekday")} ${part("year")}-${part("month")}-${part("day")}`
  return `${day}, ${part("hour")}:${part("minute")}${timeZone === undefined ? "" : ` ${timeZone}`}`
}

/** A number with its thousands apart. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",")

/** A size: `340 B`, `4.2 KB`. */
export const size = (bytes: number): string => {
  const units = ["B", "KB", "MB", "GB", "TB"]
  let [value, unit] = [bytes, 0]
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1]
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `1 node`, `2 nodes`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`
