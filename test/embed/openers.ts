/** Engines that a test opens on storage at an address, and that end with it. */
import { onTestFinished } from "vitest"
import { open, type OpenOptions, type Pinnace } from "../../mod.ts"

/** Opens one until the test has ended. */
export const opened = async (at: string, options: OpenOptions = {}): Promise<Pinnace> => {
  const pinnace = await open(at, options)
  onTestFinished(() => pinnace.close())
  return pinnace
}

/** Two that share an address, as two processes do. */
export const twoAt = async (at: string, options: OpenOptions = {}): Promise<readonly [Pinnace, Pinnace]> => [
  await opened(at, options),
  await opened(at, options)
]
