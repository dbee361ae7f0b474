/**
 * `npm run stress -- --locks` and `npm run stress -- --artifact 5G`:
 * what each does and takes stands in `permits.ts` and `artifact.ts`.
 */
import process from "node:process"

if (process.argv.includes("--artifact")) await import("./artifact.ts")
else await import("./permits.ts")
