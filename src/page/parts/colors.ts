/** The tokens of the styles, for what is drawn on a canvas. */

/** Answers what a token stands for in the present theme; each is looked up once for a picture. */
export const tokensOf = (element: HTMLElement): (name: string) => string => {
  const style = getComputedStyle(element)
  const known = new Map<string, string>()
  return (name) => {
    const found = known.get(name) ?? style.getPropertyValue(`--${name}`).trim()
    known.set(name, found)
    return found
  }
}
