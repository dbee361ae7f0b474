/** Tells functions of the app what has happened: nothing that they do comes back. */

/** Tells one. What it throws concerns nobody here. */
export const heardOutside = (tell: () => unknown): void => {
  try {
    // An async function is such a function to TypeScript, too: what it rejects with would end the process.
    const answer = tell()
    if (answer instanceof Promise) answer.catch(() => {})
  } catch {
    // It is the app's own.
  }
}
