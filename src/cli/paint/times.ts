/** Instants and spans as people read and write them. */

const two = (number: number): string => String(number).padStart(2, "0")

/** An instant in the time zone of the machine: `Mon Jan 02 15:04:05 +0000`. */
export const localTime = (millis: number): string => {
  const date = new Date(millis)
  const [day, month] = [date.toLocaleString("en", { weekday: "short" }), date.toLocaleString("en", { month: "short" })]
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  return `${day} ${month} ${two(date.getDate())} ${clockTime(millis)} ${zone}`
}

/** The time of day: `15:04:05`. */
const clockTime = (millis: number): string => {
  const date = new Date(millis)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")
}

/** A number of bytes: `1.2 MB`. */
export const bytes = (count: number): string => {
  const names = ["B", "kB", "MB", "GB", "TB"]
  let [size, at] = [count, 0]
  while (size >= 1_000 && at < names.length - 1) [size, at] = [size / 1_000, at + 1]
  return `${at === 0 ? size : size.toFixed(1)} ${names[at]}`
}
