/** A text as the name of one file: nothing in it leads elsewhere. */
export const fileName = (text: string): string =>
  encodeURIComponent(text).replace(/^\.+$/, (dots) => "%2E".repeat(dots.length))
