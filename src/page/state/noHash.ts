/** Stands for `node:crypto` in the page, which reads paths and never makes one that is too long. */

/** Never called. */
export const createHash = (): never => {
  throw new Error("The page makes no paths")
}
