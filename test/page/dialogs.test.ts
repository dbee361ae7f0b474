/** Every dialog in a real browser: by keyboard, with what it asks for, and with each way in which it can go wrong. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Locator, Page, Route } from "playwright-core"
import {
  Artifact,
  every,
  open,
  type Pinnace,
  schedule,
  Schema,
  semaphore,
  storedLimit,
  task,
  workflow
} from "../../mod.ts"
import type { PinnaceServer } from "../../src/server/mod.ts"
import type { DialogKind } from "../../src/page/views/run/dialogKinds.ts"
import { faultsIn } from "./axe.ts"
import { Browser, noBrowser, patience } from "./Browser.ts"
import { deploy, report } from "./scenes.ts"

/** A busy machine takes its time. */
const eventually = <A>(read: () => Promise<A>) => expect.poll(read, { timeout: patience })

const gate = Promise.withResolvers<void>()
const stored = semaphore("dialogs", { limit: storedLimit(1) })
const holds = workflow(
  "holds",
  {},
  (w) => w.node("hold", task("hold", { permits: [stored.take()], run: () => gate.promise }))
)
const asks = workflow("asks", { input: { rows: Schema.Number, name: Schema.String } }, (w) => {
  w.node("save", task("save", { output: Artifact, run: (_, { artifacts }) => artifacts.put("a.txt", "a") }))
})
const gone: Array<string> = []
const undone = (name: string) =>
  task(name, { output: Schema.String, run: () => name, compensate: () => void gone.push(name) })
const trip = workflow("trip", {}, (w) => {
  const hotel = w.node("hotel", undone("hotel"))
  const mail = w.node("mail", task("mail", { run: () => {} }), { after: [hotel] })
  w.node("flight", undone("flight"), { after: [mail] })
})
const waits = workflow("waits", {}, (w) => w.suspend("ok"))
const hourly = schedule("hourly", every("1 hour"), waits)

interface Row {
  /** Where it is opened, and by which button; one of the menu is named behind it. */
  readonly at: string
  readonly open: string
  readonly item?: string
  /** What is to be filled in before it can be done. */
  readonly fill?: (dialog: Locator) => Promise<unknown>
  /** The button that does it; none where it only leads elsewhere. */
  readonly does?: RegExp
  /** What it asks of the server. */
  readonly asks?: RegExp
  readonly command?: string
}

const failed = "/runs/failed"
const ongoing = "/runs/open"
const typed = (label: string | RegExp, text: string) => (dialog: Locator) => dialog.getByLabel(label).fill(text)

const rows: Readonly<Record<DialogKind, Row>> = {
  stop: {
    at: ongoing,
    open: "Stop…",
    fill: typed(/^Why/, "x"),
    does: /^Stop/,
    asks: /stop$/,
    command: "stop open --message x"
  },
  terminate: {
    at: ongoing,
    open: "More actions",
    item: "Terminate…",
    fill: async (dialog) => {
      await dialog.getByLabel("First undo what the run did").check()
      await dialog.getByLabel(/^Why/).fill("x")
    },
    does: /^Terminate/,
    asks: /terminate$/,
    command: "terminate open --compensate --message x"
  },
  suspend: { at: ongoing, open: "Suspend…", does: /^Suspend/, asks: /suspend$/, command: "suspend open" },
  resume: { at: "/runs/paused", open: "Resume…", does: /^Resume/, asks: /resume$/, command: "resume paused" },
  retry: { at: failed, open: "Retry…", does: /^Run 2 nodes again/, asks: /retry$/, command: "retry failed" },
  resubmit: {
    at: failed,
    open: "Run again…",
    fill: (dialog) => dialog.getByLabel(/^Keep the results/).check(),
    does: /^Start/,
    asks: /resubmit$/,
    command: "resubmit failed --memoized"
  },
  compensate: {
    at: "/runs/undoable",
    open: "More actions",
    item: "Undo…",
    does: /^Undo 2 nodes/,
    asks: /compensate$/,
    command: "compensate undoable"
  },
  delete: {
    at: failed,
    open: "More actions",
    item: "Delete…",
    does: /^Delete/,
    asks: /failed$/,
    command: "delete failed"
  },
  compare: { at: failed, open: "More actions", item: "Compare…" },
  export: {
    at: failed,
    open: "More actions",
    item: "Export…",
    does: /^Export/,
    asks: /export$/,
    command: "export failed"
  },
  signal: {
    at: "/runs/asking?node=approve",
    open: "Answer…",
    fill: typed("note", "fine"),
    does: /^Send/,
    asks: /signal$/,
    command: `signal asking approve '{"ok":false,"note":"fine"}'`
  },
  fork: {
    at: `${failed}?node=validate`,
    open: "Fork…",
    does: /^Start/,
    asks: /fork$/,
    command: "fork failed validate"
  },
  limit: {
    at: "/locks",
    open: "Set limit…",
    fill: typed("How many at once", "3"),
    does: /^Set/,
    asks: /locks$/,
    command: "locks set dialogs 3"
  },
  break: {
    at: "/locks",
    open: "Take away the permits of hold",
    fill: typed(/^Type/, "hold"),
    does: /^Take/,
    asks: /break$/,
    command: "locks break open hold"
  },
  bulk: {
    at: "/runs?q=workflow:deploy",
    open: "Act on all…",
    does: /^Stop 1 run/,
    asks: /stop$/,
    command: "stop asking"
  },
  start: {
    at: "/workflows/asks",
    open: "Start…",
    fill: async (dialog) => {
      await dialog.getByLabel("rows").fill("4")
      await dialog.getByLabel("name").fill("n")
    },
    does: /^Start/,
    asks: /runs$/,
    command: `run FILE --workflow asks --input '{"rows":4,"name":"n"}'`
  },
  manifest: {
    at: "/workflows",
    open: "Start a manifest…",
    fill: (dialog) => dialog.getByRole("textbox", { name: "Manifest", exact: true }).fill("kind: Workflow"),
    does: /^Start/,
    asks: /runs$/,
    command: "run pasted.yaml"
  },
  collect: { at: "/file", open: "Delete what nothing needs…", does: /^Delete/, command: "gc" },
  wake: { at: "/inbox", open: "Resume…", does: /^Resume/, asks: /resume$/, command: "resume paused" },
  trigger: {
    at: "/schedules",
    open: "Run now…",
    does: /^Start/,
    asks: /trigger$/,
    command: "schedule trigger hourly --file FILE"
  },
  pause: {
    at: "/schedules",
    open: "Pause…",
    fill: typed(/^Why/, "x y"),
    does: /^Pause/,
    asks: /pause$/,
    command: "schedule pause hourly --message 'x y'"
  },
  unpause: { at: "/schedules", open: "Resume…", does: /^Resume/, asks: /resume$/, command: "schedule resume hourly" },
  backfill: {
    at: "/schedules",
    open: "Backfill…",
    fill: typed("Runs at once", "2"),
    does: /^Start/,
    asks: /backfill$/
  },
  stopBackfill: {
    at: "/schedules",
    open: "Stop…",
    fill: (dialog) => dialog.getByLabel("Also stop 1 run that it has begun").check(),
    does: /^Stop/,
    asks: /stop$/,
    command: "backfill hourly bf-1 --stop --runs"
  }
}

/** What a form shows, as a person sees it. */
const shown = (dialog: Locator): Promise<string> =>
  dialog.evaluate((box: never) => {
    const fields = [...(box as { querySelectorAll: (of: string) => Iterable<Record<string, unknown>> })
      .querySelectorAll("input, textarea, select")]
    return JSON.stringify(fields.map(({ checked, value }) => [value, checked]))
  })

describe.skipIf(noBrowser)("every dialog", () => {
  let browser: Browser
  let pinnace: Pinnace
  let server: PinnaceServer
  let page: Page

  beforeAll(async () => {
    browser = await Browser.start()
    pinnace = await open(":memory:", { workflows: [report, deploy, holds, asks, waits, trip], schedules: [hourly] })
    await (await pinnace.start(report, undefined, { id: "failed" })).outcome()
    await (await pinnace.start(trip, undefined, { id: "undoable" })).outcome()
    await (await pinnace.start(holds, undefined, { id: "open" })).waitFor("hold", "Running")
    await (await pinnace.start(deploy, undefined, { id: "asking" })).waitFor("approve", "waiting")
    const paused = await pinnace.start(holds, undefined, { id: "paused" })
    await paused.waitFor("hold", "waiting")
    await paused.suspend()
    const end = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000)
    await pinnace.schedule(hourly).backfill({ from: new Date(end.getTime() - 7_200_000), until: end })
    server = await browser.serve(pinnace)
    page = await browser.open(server)
  })
  afterAll(async () => {
    gate.resolve()
    await browser?.end()
    await pinnace?.close()
  })

  const place = async (at: string): Promise<void> => {
    await page.goto(`${server.url}/#${at}`)
    await page.getByRole("status", { name: /^(Reading|Asking)/ }).first().waitFor({ state: "detached" })
  }

  /** Opens it with the keyboard alone. */
  const opened = async ({ item, open }: Row): Promise<Locator> => {
    await page.getByRole("button", { name: open }).first().focus()
    await page.keyboard.press("Enter")
    if (item !== undefined) {
      await page.getByRole("button", { name: item }).focus()
      await page.keyboard.press("Enter")
    }
    const dialog = page.getByRole("dialog")
    await dialog.waitFor()
    return dialog
  }

  const hasFocus = (at: Locator): Promise<boolean> =>
    at.evaluate((it: { contains: (at: unknown) => boolean; ownerDocument: { activeElement: unknown } }) =>
      it.contains(it.ownerDocument.activeElement)
    )

  /** Leaves it as one comes to it; the focus is where it was. */
  const left = async (dialog: Locator, { open }: Row): Promise<void> => {
    expect(await hasFocus(dialog)).toBe(true)
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    expect(await hasFocus(page.getByRole("button", { name: open }).first())).toBe(true)
  }

  const wrongs: ReadonlyArray<readonly [string, (route: Route) => Promise<void>]> = [
    ...([[409, "It has ended meanwhile"], [403, "Not for you"], [500, "The disk is full"]] as const).map((
      [status, message]
    ) =>
      [
        message,
        (route: Route) =>
          route.fulfill({ status, contentType: "application/json", body: JSON.stringify({ _tag: "X", message }) })
      ] as const
    ),
    ["No answer came, so it may have been done", (route) => route.abort()]
  ]

  it.each(Object.entries(rows))("%s", async (is, row) => {
    if (is === "unpause") await pinnace.schedule(hourly).pause("moving")
    await place(row.at)
    const looked = await opened(row)
    expect(await faultsIn(page)).toEqual([])
    await left(looked, row)
    if (row.does === undefined) return
    const dialog = await opened(row)
    await row.fill?.(dialog)
    if (row.command !== undefined) {
      await eventually(() => dialog.locator(".command code").first().textContent()).toBe(`pinnace ${row.command}`)
    }
    if (row.asks === undefined) return await left(dialog, row)
    const before = await shown(dialog)
    const does = dialog.getByRole("button", { name: row.does })
    for (const [said, answer] of wrongs) {
      await page.route(row.asks, answer)
      await does.click()
      await dialog.getByRole("alert").getByText(said).waitFor()
      expect(await does.isEnabled()).toBe(true)
      await page.unroute(row.asks)
    }
    expect(await shown(dialog)).toBe(before)
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
  })

  it("tells beside the page what was refused after it was left, and leads nobody elsewhere", async () => {
    await place(failed)
    const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>()
    await page.route(/resubmit$/, async (route) => {
      await mayAnswer
      await route.fulfill({ status: 409, contentType: "application/json", body: '{"message":"Not now"}' })
    })
    const dialog = await opened(rows.resubmit)
    await dialog.getByRole("button", { name: "Start the new run" }).click()
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    answer()
    await page.getByText("Run nightly-report again?: Not now").waitFor()
    await page.unroute(/resubmit$/)
    expect(page.url()).toContain(failed)
  })

  it("undoes what a run did in the order that its plan tells", async () => {
    await place("/runs/undoable")
    const dialog = await opened(rows.compensate)
    await dialog.getByText("2 nodes are undone, one after the other, 1 stays as it is.").waitFor()
    expect(await dialog.getByRole("list", { name: "What is undone" }).locator(".name").allInnerTexts())
      .toEqual(["1. flight", "2. hotel"])
    await dialog.getByText("What stays").click()
    await dialog.getByText("it does not say how").waitFor()
    await dialog.getByRole("button", { name: "Undo 2 nodes" }).click()
    await page.locator(".run-title").getByText("Terminated").waitFor()
    expect(gone).toEqual(["flight", "hotel"])
    // What is undone cannot be undone again, which is said before anybody asks for it.
    const again = await opened(rows.compensate)
    await again.getByText("Nothing is left to be undone, 3 stay as they are.").waitFor()
    expect(await again.getByRole("button", { name: "Undo", exact: true }).isDisabled()).toBe(true)
    await page.keyboard.press("Escape")
  })

  it("says that what it asks for cannot be read, and reads it when it is asked again", async () => {
    await place("/workflows/asks")
    await page.route(
      /workflows\/asks$/,
      (route) => route.fulfill({ status: 500, contentType: "application/json", body: '{"message":"Broken"}' })
    )
    const dialog = await opened(rows.start)
    await dialog.getByText("Broken").waitFor()
    expect(await dialog.getByRole("button", { name: "Start the run" }).isDisabled()).toBe(true)
    await page.unroute(/workflows\/asks$/)
    await dialog.getByRole("button", { name: "Try again" }).click()
    await dialog.getByLabel("rows").waitFor()
    await page.keyboard.press("Escape")
  })

  it("keeps what is typed while the run goes on, and plans anew when it ended", async () => {
    await pinnace.start(holds, undefined, { id: "moves" })
    await place("/runs/moves")
    await page.keyboard.press("s")
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel(/^Why/).fill("half a sen")
    await (await pinnace.get("moves"))!.suspend()
    await page.locator(".run-title").getByText("Suspended").waitFor()
    await page.keyboard.type("tence")
    expect(await dialog.getByLabel(/^Why/).inputValue()).toBe("half a sentence")
    expect(await dialog.locator("code").first().textContent()).toBe("pinnace stop moves --message 'half a sentence'")
    await page.keyboard.press("Enter")
    await page.locator(".run-title").getByText("Stopped").waitFor()
  })

  it("offers where nothing can be changed what only looks", async () => {
    const looks = await browser.open(await browser.serve(pinnace, { readOnly: true }), failed)
    await looks.getByRole("button", { name: "Export…" }).waitFor()
    expect(await looks.locator(".run-title .actions button").allInnerTexts()).toEqual(["Compare…", "Export…"])
    await looks.keyboard.press("r")
    await looks.keyboard.press("d")
    await looks.getByRole("dialog", { name: "Compare failed with" }).waitFor()
    await looks.context().close()
  })
})
