/**
 * What a release is checked for before it is published: the tag, both manifests and the changelog name one version.
 * Prints the notes of that version.
 */
import { readFileSync } from "node:fs"
import process from "node:process"

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8")

/** The notes of a version in a changelog: what stands under its heading; `undefined` where there is none. */
export const notesOf = (changelog: string, version: string): string | undefined =>
  changelog.split(/^## /m).find((part) => part.startsWith(`${version} `) || part.startsWith(`${version}\n`))
    ?.split("\n").slice(1).join("\n").trim()

/** Why a tag cannot be released; empty where it can. */
export const problems = (
  tag: string,
  stated: { readonly npm: string; readonly jsr: string; readonly changelog: string }
): ReadonlyArray<string> => {
  const version = tag.replace(/^v/, "")
  return [
    ...(/^v\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(tag) ? [] : [`the tag is "${tag}": use one like v1.2.3`]),
    ...(stated.npm === version ? [] : [`package.json says ${stated.npm}`]),
    ...(stated.jsr === version ? [] : [`deno.json says ${stated.jsr}`]),
    ...(notesOf(stated.changelog, version) ? [] : [`CHANGELOG.md has no notes under "## ${version}"`])
  ]
}

if (import.meta.main) {
  const [tag = ""] = process.argv.slice(2)
  const changelog = read("CHANGELOG.md")
  const npm = JSON.parse(read("package.json")).version
  const found = problems(tag, { npm, jsr: JSON.parse(read("deno.json")).version, changelog })
  if (found.length === 0) process.stdout.write(`${notesOf(changelog, tag.slice(1))}\n`)
  else {
    process.stderr.write(`Cannot release ${tag}: ${found.join("; ")}.\n`)
    process.exitCode = 1
  }
}
