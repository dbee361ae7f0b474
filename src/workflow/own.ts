/** Looks a name up that somebody else has chosen: `constructor` and `toString` are names like any other. */

/** What a record itself has under a name. */
export const own = <V>(record: Readonly<Record<string, V>>, name: string): V | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined
