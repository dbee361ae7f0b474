/** A child process that puts without an end, until it is killed. */
import { spawn } from "node:child_process"
import process from "node:process"
import { runtime } from "../sqlite/Child.ts"
import { programFor } from "../suite/programs.ts"

/** Starts one on a store, waits until much has been written, and kills it with SIGKILL. */
export const killPut = async (kind: "disk" | "s3", argument: string): Promise<void> => {
  const command = [...runtime === "deno" ? ["run", "-A"] : [], programFor("store/endlessPut", runtime)]
  const child = spawn(process.execPath, [...command, kind, argument], { stdio: ["ignore", "pipe", "inherit"] })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve())
    child.once("close", (code) => reject(new Error(`the putting process ended by itself with ${code}`)))
  })
  const closed = new Promise((resolve) => child.once("close", resolve))
  child.kill("SIGKILL")
  await closed
}
