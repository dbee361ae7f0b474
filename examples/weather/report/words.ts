/** Numbers and dates as people read them. */

/** The months, by their first three letters. */
export const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** A number with a true minus sign; `digits` after the point. */
export const fixed = (value: number, digits = 1): string => {
  const text = value.toFixed(digits)
  return Number(text) < 0 ? text.replace("-", "−") : text.replace("-", "")
}

/** A whole number with a comma for thousands. */
export const whole = (value: number): string => fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ",")

/** Degrees Celsius. */
export const degrees = (value: number): string => `${fixed(value)} °C`

/** "2013-07-01" as "1 Jul 2013". */
export const dateText = (date: string): string => `${dayText(date)} ${date.slice(0, 4)}`

/** "2013-07-01" as "1 Jul". */
export const dayText = (date: string): string => `${Number(date.slice(8))} ${monthNames[monthOf(date)]}`

/** The month of a date or month, January = 0. */
export const monthOf = (date: string): number => Number(date.slice(5, 7)) - 1

/** Text inside of HTML or SVG. */
export const escape = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)
