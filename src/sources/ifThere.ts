/** Files that come and go while they are looked at. */

/** What a look at files gives; undefined where one of them was removed meanwhile. */
export const ifThere = <A>(look: () => A): A | undefined => {
  try {
    return look()
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === "ENOENT" || code === "ENOTDIR") return undefined
    throw error
  }
}
