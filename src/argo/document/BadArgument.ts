/** An argument or input that cannot be had. */
export class BadArgument extends Error {
  override readonly name: "BadArgument" = "BadArgument"
}
