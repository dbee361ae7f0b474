/** `$(NAME)` in commands, arguments and values of variables, as Kubernetes puts it in before a container starts. */

/**
 * A text with its references to variables put in. What names no variable stays as it is, so `$(date)` of a shell does; `$$` is one `$`, and
 * begins no reference.
 */
export const expand = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$"
    return Object.hasOwn(variables, name) ? variables[name]! : whole
  })
