/** `npm run console`, as a process. */
import * as ChildProcess from "@effect-tokens/test-support/ChildProcess"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"
import { assert, test } from "vitest"
import { findChromium } from "../../../../tools/chromium.ts"

const main = fileURLToPath(new URL("../../dev/main.ts", import.meta.url))

const use = async (url: string): Promise<void> => {
  assert.include(await fetch(url).then((response) => response.text()), "/console/src/main.tsx")
  const owners: ReadonlyArray<{ kind: string }> = await fetch(new URL("/_sandbox/spaces", url)).then((response) =>
    response.json(),
  )
  assert.deepStrictEqual(
    owners.map(({ kind }) => kind),
    ["account", "manager"],
  )
  // React runs effects twice in development: that must not close again what it opens.
  const browser = await chromium.launch(findChromium())
  try {
    const page = await browser.newPage()
    await page.goto(url)
    await page.getByRole("button", { name: "Reset sandbox…" }).click()
    const dialog = page.getByRole("dialog", { name: "Reset the sandbox?" })
    await dialog.getByRole("button", { name: "Leave it" }).click()
    await dialog.waitFor({ state: "detached" })
  } finally {
    await browser.close()
  }
}

test("one command serves the page and a sandbox behind it, and ends both", () =>
  Effect.gen(function* () {
    const { child, exited, printed } = yield* ChildProcess.start(main)
    const url = /The console +(\S+)/.exec(yield* printed(/Ctrl-C/))?.[1] ?? ""
    yield* Effect.promise(() => use(url))
    child.kill("SIGINT")
    assert.strictEqual(yield* exited, 0)
    const isServed = Effect.promise(() =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    )
    assert.isFalse(yield* isServed)
  }).pipe(Effect.scoped, Effect.runPromise))
