/** Turns of phrase that a reader stumbles over, each with a plain way to say it. */

/** In any prose: messages, help, documentation, comments. */
export const stiltedProse = new RegExp(
  [
    // "is no list": "is not a list". "has not any": "has no".
    /(?<!\b[Tt]here )\b(?:is|are) no (?!longer|more\b|such|clearer|easier|\w+er than)/,
    /\b(?:has|have|had) not (?:a|an|any)\b/,
    // "to the extent that": "as far as". "in the meantime": "meanwhile".
    /\bto the extent\b|\bin the meantime\b|\bthereof\b|\bwherein\b|\bwhereof\b|\bso many\b|\bother than that\b/,
    // "who waits gets one": "a waiter gets one".
    /[;:] who [a-z]+s [^,;.?]*\b(?:is|gets|has|goes|does|ends)\b/
  ].map(({ source }) => source).join("|")
)

/**
 * In messages, which are sentences: also a free relative as
 * their subject. "Who waits …": "A node that waits …", or "you".
 */
export const stilted = new RegExp(`^(?:Who|Whoever|What) [a-z]+s\\b(?!.*\\?)|${stiltedProse.source}`)
