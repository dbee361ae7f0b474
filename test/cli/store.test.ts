/** `--store`: which addresses name a store, and what is said of those that do not. */
import { expect, test } from "vitest"
import { openStore, storeText } from "../../src/cli/arguments/store.ts"

test.each([
  ["s3://bucket/%zz", "write %25 for %"],
  ["s3://bucket/%", "write %25 for %"],
  ["s3://bucket:9000/x", "write ?endpoint=… for the port"],
  ["s3://bucket/x#y", "write s3://BUCKET/PREFIX"],
  ["s3://:secret@bucket/x", "write s3://BUCKET/PREFIX"],
  ["s3://bucket/x?regio=y", "write s3://BUCKET/PREFIX"],
  ["http://bucket/x", "write s3://BUCKET/PREFIX"]
])("%s is refused: %s", (text, hint) => {
  expect(() => storeText(text)).toThrow(`--store ${text}: ${hint}`)
})

test.each(["s3://bucket/100%25?region=r&endpoint=http://127.0.0.1:9000", "s3://bucket", "folder/100%"])(
  "%s names a store",
  async (text) => {
    expect(storeText(text)).toBe(text)
    if (text.startsWith("s3:")) {
      expect(await openStore(text)).toMatchObject({ describe: expect.stringMatching(/^S3 bucket bucket,/) })
    }
  }
)
