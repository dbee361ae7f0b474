/** Does something for each item, three at a time, in order. */
export const inLanes = async <A>(items: ReadonlyArray<A>, each: (item: A) => Promise<void>): Promise<void> => {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) await each(items[next++]!)
  }
  await Promise.all([lane(), lane(), lane()])
}
