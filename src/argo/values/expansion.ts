/** `$(NAME)` in commands, arguments and values of variables, as Kubernetes puts it in before a container starts. */

/**
 * A text with its references to variables put in. What names no variable stays as it is, so `$(date)` of a shell does;
 * before a parenthesis `$$` is one `$`, and begins no reference. Elsewhere `$$` stays: in a shell it is the number of
 * its process.
 */
export const expand = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/(\$+)\(([^)]*)\)/g, (whole, signs: string, name: string) => {
    const escaped = "$".repeat(Math.floor(signs.length / 2))
    if (signs.length % 2 === 0) return `${escaped}(${name})`
    return Object.hasOwn(variables, name)
      ? `${escaped}${variables[name]!}`
      : `${escaped}${whole.slice(signs.length - 1)}`
  })
