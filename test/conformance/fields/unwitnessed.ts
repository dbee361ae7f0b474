/** Supported fields of which no case can show that they are read, each with the reason. */
export const unwitnessed: Readonly<Record<string, string>> = {}
