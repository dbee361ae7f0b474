/** A word as a shell takes it. Pure. */

/** In quotes where a shell would read it as something else. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
