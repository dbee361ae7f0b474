// Called once when the server starts: interrupted runs go on at once, before anybody asks.
export const register = async (): Promise<void> => {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return
  const { pinnace } = await import("./lib/pinnace.ts")
  await pinnace()
}
