/** Makes a function whose promise a body may drop: when nobody waits for it, its rejection must not end the process. */
export const droppable = <A extends ReadonlyArray<unknown>, B>(
  work: (...args: A) => Promise<B>
): (...args: A) => Promise<B> =>
(...args) => {
  const promise = work(...args)
  promise.catch(() => {})
  return promise
}
