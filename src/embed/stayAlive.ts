/** Keeps the process alive: a timer that would first fire after 24 days stands for "somebody waits". */

const farAway = 2 ** 31 - 1

/** Until the returned function is called (once or more), the process does not exit by itself. */
export const stayAlive = (): () => void => {
  const timer = setInterval(() => {}, farAway)
  return () => clearInterval(timer)
}
