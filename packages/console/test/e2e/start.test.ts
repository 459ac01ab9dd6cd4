/** `npm run console`, as a process. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"
import { assert, test } from "vitest"
import { findChromium } from "../../../../tools/chromium.ts"

const main = fileURLToPath(new URL("../../dev/main.ts", import.meta.url))

test("one command serves the page and a sandbox behind it, and ends both", async () => {
  const command = spawn(process.execPath, ["--conditions=@effect-tokens/source", main], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  try {
    let output = ""
    for await (const chunk of command.stdout) {
      output += String(chunk)
      if (output.includes("Ctrl-C")) break
    }
    const url = /The console +(\S+)/.exec(output)?.[1] ?? ""
    assert.include(await fetch(url).then((response) => response.text()), "/console/src/main.tsx")
    const owners: ReadonlyArray<{ kind: string }> = await fetch(new URL("/_sandbox/spaces", url)).then((response) =>
      response.json(),
    )
    assert.deepStrictEqual(
      owners.map(({ kind }) => kind),
      ["account", "manager"],
    )
    // What React does twice in development must not close again what it opens.
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
    command.kill("SIGINT")
    assert.deepStrictEqual(await once(command, "exit"), [0, null])
    assert.isTrue(
      await fetch(url).then(
        () => false,
        () => true,
      ),
    )
  } finally {
    command.kill("SIGKILL")
  }
})
