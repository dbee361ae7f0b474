/**
 * The author's own place in a stack: the first frame that is
 * neither the engine's, nor a library's, nor the runtime's. Pure.
 */

const foreign = /^(?:node:|ext:|bun:|internal:|native\b|<|unknown\b)|\/node_modules\/|^\[/

/**
 * `file:line:column` of the first frame of the author's code, or `undefined` when the stack has none. `here` is where
 * this module lies: among the sources of the engine, or in a bundle. Frames of a bundle that holds the engine count
 * only when there are no others, since the author's code may be in it too, or beside it.
 */
export const ownFrame = (stack: string, here: string = import.meta.url): string | undefined => {
  const engine = /^.*\/src\/(?=run\/frame\.[jt]s$)/.exec(here)?.[0]
  const frames = stack.split("\n", 60).flatMap((line) => {
    const place = /^\s+at (?:async )?(?:.* \()?(.+?):(\d+):(\d+)\)?$/.exec(line)
    return place === null || foreign.test(place[1]!) ? [] : [{ file: place[1]!, at: `${place[2]}:${place[3]}` }]
  })
  const isEngine = (file: string): boolean =>
    engine === undefined ? urlOf(file) === here : urlOf(file).startsWith(engine)
  const found = frames.find(({ file }) => !isEngine(file)) ?? (engine === undefined ? frames[0] : undefined)
  return found === undefined ? undefined : `${pathOf(found.file)}:${found.at}`
}

const urlOf = (file: string): string => file.startsWith("/") ? `file://${file}` : file

const pathOf = (file: string): string => {
  if (!file.startsWith("file://")) return file
  try {
    return decodeURIComponent(file.slice("file://".length))
  } catch {
    return file
  }
}
