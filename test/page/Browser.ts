/** A real browser on a real server with a real engine. */
import { existsSync } from "node:fs"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { type Browser as Chromium, chromium, type Page } from "playwright-core"
import { buildPage } from "../../build/page.ts"
import type { Pinnace } from "../../mod.ts"
import { type PinnaceServer, serve, type ServeOptions } from "../../src/server/mod.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Where a browser is, if there is one: `PINNACE_TEST_BROWSER`, or what Debian installs. */
export const browserAt = [process.env["PINNACE_TEST_BROWSER"] ?? "", "/usr/bin/chromium"].find((it) =>
  it !== "" && it !== "required" && existsSync(it)
)

/** Whether tests that need a browser are left out, and why; CI installs one, and there they must run. */
export const noBrowser = browserAt === undefined && process.env["PINNACE_TEST_BROWSER"] !== "required"
if (noBrowser) {
  process.stderr.write("The page is not tested: there is no /usr/bin/chromium (apt-get install chromium)\n")
}

/** How long anything is waited for, in milliseconds: long, since a busy machine takes its time. */
export const patience = Number(process.env["PINNACE_TEST_PATIENCE"] ?? 180_000)

/** How it is started. */
export const browserFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking"
]

/** What a page was asked to be. */
export interface Look {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
  /** A script that runs before those of the page. */
  readonly before?: string
}

/** A browser, with the servers it looks at. */
export class Browser {
  readonly #chromium: Chromium
  readonly #servers: Array<PinnaceServer> = []
  /** What any page complained of: errors of scripts, refused requests, broken rules. */
  readonly complaints: Array<string> = []

  private constructor(chromium: Chromium) {
    this.#chromium = chromium
  }

  /** Starts one. */
  static async start(): Promise<Browser> {
    await buildPage(root)
    return new Browser(await chromium.launch({ executablePath: browserAt!, args: browserFlags, timeout: patience }))
  }

  /** Serves an engine. */
  async serve(pinnace: Pinnace, options: ServeOptions = {}): Promise<PinnaceServer> {
    const server = await serve(pinnace, options)
    this.#servers.push(server)
    return server
  }

  /** Opens a page of a server, at a place such as `/runs/a`. */
  async open({ link, url }: Pick<PinnaceServer, "link" | "url">, place = "", look: Look = {}): Promise<Page> {
    const { before = "", dark = false, height = 900, width = 1_440 } = look
    const context = await this.#chromium.newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce"
    })
    context.setDefaultTimeout(patience)
    if (before !== "") await context.addInitScript(before)
    const page = await context.newPage()
    page.on("pageerror", (error) => this.complaints.push(String(error)))
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text())
    })
    await page.goto(link)
    await page.waitForSelector("h1")
    if (place !== "") await page.goto(`${url}/#${place}`)
    return page
  }

  /** Ends it all. */
  async end(): Promise<void> {
    await this.#chromium.close()
    for (const { close } of this.#servers) await close()
  }
}
