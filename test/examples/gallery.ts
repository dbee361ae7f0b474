/** A program that runs examples one after the other, in one process, with the name of each before what it prints. */
import process from "node:process"
import { pathToFileURL } from "node:url"

for (const file of process.argv.slice(2)) {
  console.log(`=== ${file}`)
  await import(pathToFileURL(file).href)
}
