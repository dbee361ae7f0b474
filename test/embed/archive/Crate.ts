/** An exported run as its entries, to be changed and packed again. */
import { readFileSync, writeFileSync } from "node:fs"
import { gunzipSync, gzipSync } from "node:zlib"
import { packTar, type TarEntry, unpackTar } from "modern-tar"

/** Entries by name; names begin with no `run/`, as a reader sees them. */
export type Crate = Map<string, TarEntry | Uint8Array | string>

/** The entries of an export. */
export const unpackCrate = async (file: string): Promise<Crate> => {
  const entries = await unpackTar(new Uint8Array(gunzipSync(readFileSync(file))))
  const files = entries.filter(({ header }) => header.type === "file")
  return new Map(files.map(({ data, header }) => [header.name, data ?? new Uint8Array()]))
}

/** Writes them as an export. */
export const packCrate = async (crate: Crate, file: string): Promise<void> => {
  const entries = [...crate].map(([name, it]): TarEntry => {
    if (typeof it !== "string" && !(it instanceof Uint8Array)) return it
    const body = typeof it === "string" ? new TextEncoder().encode(it) : it
    return { header: { name, size: body.length, type: "file", mode: 0o644 }, body }
  })
  writeFileSync(file, gzipSync(await packTar(entries)))
}

/** The text of an entry. */
export const textOf = (crate: Crate, name: string): string => {
  const it = crate.get(name)
  return it instanceof Uint8Array ? new TextDecoder().decode(it) : String(it)
}
