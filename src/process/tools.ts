/** Programs that images bring along and a host may lack. */
import { chmodSync, existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { makePrivate } from "../files/mod.ts"
import { cowsay } from "./cowsay.ts"
import { netcat } from "./netcat.ts"

/** What the image `argosay` does. */
const argosay = `#!/bin/sh
case $1 in
  "") echo "hello argo" ;;
  cat) cat "$2" ;;
  echo)
    case $# in
      1) echo "hello world" ;;
      2) echo "$2" ;;
      3) mkdir -p "$(dirname "$3")" && printf %s "$2" > "$3" ;;
      *) exit 1 ;;
    esac
    sleep 0.1 ;;
  exit) exit "\${2:-0}" ;;
  sleep) sleep "$2" ;;
  sh) shift; exec sh "$@" ;;
  assert_contains) grep -qF -- "$3" "$2" ;;
  *) exit 1 ;;
esac
`

const onPath = (name: string, path: string): string | undefined =>
  path.split(":").map((folder) => join(folder, name)).find(existsSync)

/** Puts the stand-ins that this host needs in a directory, which callers append to PATH. */
export const installTools = (directory: string, path: string): void => {
  makePrivate(directory)
  put(join(directory, "argosay"), argosay)
  if (onPath("cowsay", path) === undefined) put(join(directory, "cowsay"), cowsay)
  const isNode = process.versions.bun === undefined && process.versions["deno"] === undefined
  if (isNode && onPath("node", path) === undefined) link(process.execPath, join(directory, "node"))
  const python = onPath("python3", path)
  if (onPath("python", path) === undefined && python !== undefined) link(python, join(directory, "python"))
  if (onPath("nc", path) === undefined && python !== undefined) put(join(directory, "nc"), netcat(python))
}

const link = (to: string, file: string): void => {
  if (!existsSync(file)) symlinkSync(to, file)
}

const put = (file: string, text: string): void => {
  // An earlier version may have left another one, and a process may be running it.
  if (existsSync(file) && readFileSync(file, "utf8") === text) return
  const made = `${file}.${process.pid}`
  writeFileSync(made, text)
  chmodSync(made, 0o755)
  renameSync(made, file)
}

/** What images of these names run when a manifest names no command. */
const entryPoints: Readonly<Record<string, ReadonlyArray<string>>> = {
  argosay: ["argosay"],
  alpine: ["sh"],
  busybox: ["sh"],
  debian: ["sh"],
  ubuntu: ["sh"],
  bash: ["sh"],
  python: ["python3"],
  node: ["node"],
  curl: ["curl"],
  git: ["git"],
  jq: ["jq"],
  yq: ["yq"],
  helm: ["helm"],
  kubectl: ["kubectl"],
  "aws-cli": ["aws"],
  terraform: ["terraform"],
  ansible: ["ansible"],
  argocli: ["argo"]
}

/** What an image runs when a manifest names no command, for images with a known one. */
export const defaultCommand = (image: string): ReadonlyArray<string> | undefined => {
  const name = image.replace(/[@:][^/]*$/, "").split("/").at(-1) ?? ""
  return Object.hasOwn(entryPoints, name) ? entryPoints[name] : undefined
}

/** Programs at the root of images, for which stand-ins are found there too. */
export const atRoot: ReadonlyArray<string> = ["argosay"].filter((name) => !existsSync(`/${name}`))
