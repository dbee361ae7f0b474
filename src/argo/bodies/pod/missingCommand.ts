/** What is said where a command is not found: images are not used here, so what they bring has to be on the host. */
import { isEngine } from "../../../process/chooseExecutor.ts"
import type { Exited } from "../../../process/Executor.ts"
import type { Container } from "../../document/Container.ts"
import type { Frame } from "../../compile/Frame.ts"

/** The sentence after Argo's message, or nothing where images are used. */
export const missingCommand = (frame: Frame, { image = "" }: Container, name: string | undefined): string => {
  const { executor = "auto" } = frame.session.parts.capabilities
  if (isEngine(executor)) return ""
  const what = name === undefined ? "The command" : `"${name}"`
  const from = image === "" ? "" : `; in a cluster it comes with ${image}`
  return `. ${what} is not on this host, and images are not used here${from}. Install it, name its folder with --env PATH=…, ` +
    "or run the images with --executor podman or docker"
}

/** The name of the command that a shell did not find, as its last lines say. */
export const missingIn = ({ stderr }: Pick<Exited, "stderr">): string | undefined =>
  /(?:^|[\s:])([^\s:]+): (?:command )?not found\s*$/m.exec(stderr)?.[1] ??
    /env: [‘'"]?([^‘’'":]+)[’'"]?: No such file or directory\s*$/m.exec(stderr)?.[1]
