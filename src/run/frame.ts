/** The author's own place in a stack: the first frame that is neither the engine's, nor a library's, nor the runtime's. Pure. */

const engine = /^.*\/src\/(?=run\/frame\.ts$)/.exec(import.meta.url)?.[0]

const foreign = /^(?:node:|ext:|bun:|internal:|native\b|<|unknown\b)|\/node_modules\/|^\[/

/** `file:line:column` of the first frame of the author's code, or `undefined` when the stack has none. */
export const ownFrame = (stack: string): string | undefined => {
  for (const line of stack.split("\n", 60)) {
    const place = /^\s+at (?:.* \()?(.+?):(\d+):(\d+)\)?$/.exec(line)
    if (place === null || isForeign(place[1]!)) continue
    return `${pathOf(place[1]!)}:${place[2]}:${place[3]}`
  }
  return undefined
}

const isForeign = (file: string): boolean =>
  foreign.test(file) || (engine !== undefined && urlOf(file).startsWith(engine))

const urlOf = (file: string): string => file.startsWith("/") ? `file://${file}` : file

const pathOf = (file: string): string => {
  if (!file.startsWith("file://")) return file
  try {
    return decodeURIComponent(file.slice("file://".length))
  } catch {
    return file
  }
}
