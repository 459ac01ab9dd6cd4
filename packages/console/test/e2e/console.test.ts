/** Tests the console as a person uses it, in Chromium, on a real sandbox. Elements are found by roles and labels. */
import type { Page } from "playwright-core"
import { afterAll, afterEach, assert, beforeAll, describe, test } from "vitest"
import { overflow, violations } from "../support/accessibility.ts"
import { type Console, startConsole } from "../support/console.ts"
import { screenshot } from "../support/screenshot.ts"

let console: Console

beforeAll(async () => {
  console = await startConsole()
}, 120_000)

afterEach(async () => {
  const said = await console.startAnew()
  // The browser logs each answer that is an error. The page logs nothing.
  assert.deepStrictEqual(
    said.filter((line) => !line.startsWith("Failed to load resource")),
    [],
  )
})

afterAll(() => console?.close())

const section = (page: Page, name: "Tokens" | "Stream tokens" | "API tokens") =>
  page.getByRole("region", { name, exact: true })

const row = (page: Page, token: number) => section(page, "Tokens").getByRole("row", { name: new RegExp(`^${token} `) })

const visible = async (page: Page, text: string | RegExp) => {
  await page.getByText(text).first().waitFor()
}

const create = async (page: Page, kind: "Temporary" | "Permanent", count: number) => {
  const tokens = section(page, "Tokens")
  await tokens.getByRole("radio", { name: kind }).check()
  const before = await tokens.getByRole("rowheader").count()
  for (let made = 1; made <= count; made++) {
    await tokens.getByRole("button", { name: "Create token" }).click()
    await tokens
      .getByRole("rowheader")
      .nth(before + made - 1)
      .waitFor()
  }
}

const trouble = async (page: Page, what: string, operation: string, times: number) => {
  await page.getByLabel("What goes wrong").selectOption(what)
  await page.getByLabel("With which calls").selectOption(operation)
  await page.getByLabel("How many requests").fill(String(times))
  await page.getByRole("button", { name: "Make trouble" }).click()
  await visible(page, `: ${what}.`)
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))

describe("tokens", () => {
  test("are created until the slots are taken: then the page says what helps", async () => {
    const page = await console.open()
    const tokens = section(page, "Tokens")
    await visible(page, "No tokens yet.")
    await create(page, "Permanent", 5)
    const gauge = tokens.getByRole("meter", { name: "Permanent slots" })
    assert.strictEqual(await gauge.getAttribute("aria-valuenow"), "5")
    await tokens.getByRole("button", { name: "Create token" }).click()
    await tokens.getByRole("alert").getByText("All five permanent slots are taken.").waitFor()
    await screenshot(page, "console-cap")

    await tokens.getByRole("button", { name: "Delete token 2" }).click()
    await page.getByRole("dialog", { name: "Delete token 2?" }).getByRole("button", { name: "Delete" }).click()
    await visible(page, "Token 2 deleted.")
    await tokens.getByText("Permanent slots 4 of 5").waitFor()
    assert.strictEqual(await gauge.locator(".taken").count(), 4)
    await tokens.getByRole("button", { name: "Create token" }).click()
    await visible(page, "Token 6 created.")
    assert.strictEqual(await tokens.getByRole("alert").count(), 0)
    assert.strictEqual(await tokens.getByRole("rowheader").count(), 5)
  })

  test("are deleted by a filter, after the page has said which go", async () => {
    const page = await console.open()
    await page.getByRole("button", { name: "Add a space" }).click()
    await page.getByRole("heading", { name: "Space 3" }).waitFor()
    assert.strictEqual(await page.getByRole("link", { name: "Space 3" }).getAttribute("aria-current"), "page")
    await create(page, "Permanent", 2)
    await create(page, "Temporary", 3)

    const opener = section(page, "Tokens").getByRole("button", { name: "Delete several tokens…" })
    await opener.click()
    const dialog = page.getByRole("dialog", { name: "Delete several tokens" })
    await dialog.getByRole("radio", { name: "Everything" }).check()
    await dialog.getByText("This deletes everything: 2 permanent and 3 temporary tokens of space 3.").waitFor()
    await dialog.getByRole("radio", { name: "Temporary ones" }).check()
    await dialog.getByText("This deletes all 3 temporary tokens of space 3. 2 permanent tokens stay.").waitFor()
    await screenshot(page, "console-confirmation")

    const faulty = (fault: object) =>
      console.control("PUT", "/faults", { _tag: "Script", rules: [{ operation: "Tokens.deleteList", fault }] })
    await faulty({ _tag: "Status", status: 503 })
    const remove = dialog.getByRole("button", { name: "Delete 3 tokens" })
    await remove.click()
    await dialog.getByRole("alert").getByText("The platform takes no calls right now.").waitFor()
    await faulty({ _tag: "Latency", millis: 500 })
    await remove.click()
    await dialog.getByRole("button", { name: "Keep them", disabled: true }).waitFor()
    for (let times = 0; times < 2; times++) await page.keyboard.press("Escape")
    assert.isTrue(await dialog.isVisible())
    await visible(page, "The temporary tokens of space 3 are deleted.")
    await row(page, 5).waitFor({ state: "detached" })
    assert.strictEqual(await section(page, "Tokens").getByRole("rowheader").count(), 2)
    assert.strictEqual(await focused(page), "Delete several tokens…")
  })

  test("expire as the platform's time moves on, and bars show it", async () => {
    const page = await console.open()
    await create(page, "Temporary", 1)
    await row(page, 1)
      .getByText(/23 h 59 min left|24 h 0 min left/)
      .waitFor()
    await page.getByRole("button", { name: "1 hour later" }).click()
    await row(page, 1)
      .getByText(/22 h 59 min left|23 h 0 min left/)
      .waitFor()
    await row(page, 1).getByText("Active").waitFor()
    const bar = await row(page, 1).locator(".bar > span").getAttribute("style")
    assert.closeTo(Number(/scaleX\((.*)\)/.exec(bar ?? "")?.[1]), 23 / 24, 0.01)
    await page.getByRole("button", { name: "24 hours later" }).click()
    await row(page, 1).getByText("Expired 1 h ago").waitFor()
    await row(page, 1).getByText("Expired", { exact: true }).waitFor()
  })

  test("are shown 25 at a time", async () => {
    for (let made = 0; made < 30; made++) await console.call("POST", "")
    const page = await console.open()
    await page.getByRole("button", { name: "Show 5 more of 5" }).click()
    await row(page, 1).waitFor()
    assert.strictEqual(await section(page, "Tokens").getByRole("rowheader").count(), 30)
    assert.strictEqual(await focused(page), "Delete token 5")
  })

  test("are deactivated and activated", async () => {
    const page = await console.open()
    await create(page, "Temporary", 1)
    await row(page, 1).getByRole("button", { name: "Deactivate token 1" }).click()
    await visible(page, "Token 1 is inactive now.")
    await row(page, 1).getByText("Inactive", { exact: true }).waitFor()
    await row(page, 1).getByRole("button", { name: "Activate token 1" }).click()
    await row(page, 1).getByText("Active", { exact: true }).waitFor()
  })

  test("a manager has no stream tokens: the page says so, without an error", async () => {
    const page = await console.open("manager-2")
    await section(page, "Stream tokens").getByText("A manager has no stream tokens").waitFor()
    await visible(page, "No tokens yet.")
    assert.strictEqual(await page.getByRole("alert").count(), 0)
  })

  test("keyboard alone: a dialog gives the focus back, and a deletion passes it on", async () => {
    const page = await console.open()
    await create(page, "Temporary", 2)
    await page.getByRole("button", { name: "Delete token 2" }).focus()
    await page.keyboard.press("Enter")
    const dialog = page.getByRole("dialog", { name: "Delete token 2?" })
    await dialog.waitFor()
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    assert.strictEqual(await focused(page), "Delete token 2")
    for (const rest of [1, 0]) {
      await page.keyboard.press("Enter")
      await page.getByRole("dialog").waitFor()
      await page.keyboard.press("Enter")
      await visible(page, `Token ${rest + 1} deleted.`)
      await row(page, rest + 1).waitFor({ state: "detached" })
      if (rest > 0) assert.strictEqual(await focused(page), "Delete token 1")
    }
    assert.strictEqual(await page.evaluate(() => document.activeElement?.tagName), "H3")
  })
})

test("a reset in another tab removes a space: the address goes back to the owner that is shown", async () => {
  const added = await console.control("POST", "/spaces", { kind: "space" })
  const { number }: { number: number } = await added.json()
  const page = await console.open(`space-${number}`)
  await page.getByRole("heading", { name: `Space ${number}` }).waitFor()
  await console.control("POST", "/reset")
  await page.evaluate(() => dispatchEvent(new Event("focus")))
  await page.getByRole("heading", { name: "Account 1" }).waitFor()
  await page.waitForURL(/#account-1$/)
})

describe("keys", () => {
  test("are not in the page until a person asks for them, and are copied with one click", async () => {
    const page = await console.open()
    await create(page, "Temporary", 1)
    const [{ key }]: [{ key: string }] = await console.call("GET", "").then((response) => response.json())
    const everywhere = async () =>
      [
        await page.content(),
        page.url(),
        await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie, document.title])),
      ].join("\n")
    for (const secret of [key, console.key]) assert.notInclude(await everywhere(), secret)

    await row(page, 1).getByRole("button", { name: "Copy the key of token 1" }).click()
    await row(page, 1).getByText("Copied").first().waitFor()
    assert.strictEqual(await page.evaluate(() => navigator.clipboard.readText()), key)
    assert.notInclude(await everywhere(), key)

    await row(page, 1).getByRole("button", { name: "Show the key of token 1" }).click()
    await row(page, 1).getByText(key).waitFor()
    await row(page, 1).getByRole("button", { name: "Hide the key of token 1" }).click()
    assert.notInclude(await everywhere(), key)
  })
})

describe("API tokens", () => {
  test("show their secret once", async () => {
    const page = await console.open("api-tokens")
    const tokens = section(page, "API tokens")
    await tokens.getByText("used by this page").waitFor()
    await tokens.getByRole("button", { name: "Create API token" }).click()
    await tokens.getByRole("alert").getByText("Give it a name.").waitFor()

    await tokens.getByLabel("Name").fill("reports")
    await tokens.getByRole("checkbox", { name: "TRANSACT" }).check()
    await tokens.getByRole("button", { name: "Create API token" }).click()
    await tokens.getByRole("heading", { name: "“reports” is made." }).waitFor()
    await tokens.getByRole("button", { name: "Show the secret of reports" }).click()
    const secret = await tokens.getByRole("definition").last().locator("code").innerText()
    assert.match(secret, /^[0-9a-f]{40}$/)
    await screenshot(page, "console-api-tokens")
    await tokens.getByRole("button", { name: "I have kept it" }).click()
    await visible(page, "Its secret is forgotten here.")
    assert.notInclude(await page.content(), secret)

    const made = tokens.getByRole("row", { name: /^reports VIEW TRANSACT/ })
    await made.getByRole("button", { name: "Delete API token reports" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    await visible(page, "“reports” deleted.")
    await made.waitFor({ state: "detached" })
  })

  test("keep secrets that nobody has stored, also of a token that came while another view was open", async () => {
    await console.control("PUT", "/faults", {
      _tag: "Script",
      rules: [{ operation: "ApiTokens.create", times: 1, fault: { _tag: "Latency", millis: 400 } }],
    })
    const page = await console.open("api-tokens")
    const tokens = section(page, "API tokens")
    await tokens.getByLabel("Name").fill("first")
    await tokens.getByRole("button", { name: "Create API token" }).click()
    await page.getByRole("link", { name: "Account 1" }).click()
    await page.getByRole("heading", { name: "Account 1" }).waitFor()
    await page.getByRole("link", { name: "UMAaaS API tokens" }).click()
    await tokens.getByRole("heading", { name: "“first” is made." }).waitFor()
    await tokens.getByRole("row", { name: "first VIEW" }).waitFor()
    await tokens.getByLabel("Name").fill("second")
    await tokens.getByRole("button", { name: "Create API token" }).click()
    await tokens.getByRole("heading", { name: "“second” is made." }).waitFor()
    await tokens.getByRole("heading", { name: "“first” is made." }).waitFor()
  })

  test("after the page's own token is deleted, the page says so; a reset brings it back", async () => {
    const page = await console.open("api-tokens")
    await page.getByRole("button", { name: /^Delete API token/ }).click()
    await page.getByRole("dialog").getByText("This page calls with it").waitFor()
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    await section(page, "API tokens").getByRole("alert").getByText("The credential is not accepted").waitFor()
    assert.strictEqual(await section(page, "API tokens").getByRole("row").count(), 0)
    await trouble(page, "503 Service Unavailable", "Tokens.list", 2)
    await page.getByRole("button", { name: "Reset sandbox…" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Reset it" }).click()
    await visible(page, "used by this page")
    assert.strictEqual(await page.getByText("The next 2").count(), 0)
  })
})

describe("network trouble", () => {
  test("leads to retries, and each attempt shows while it happens", async () => {
    const page = await console.open()
    await create(page, "Temporary", 1)
    await trouble(page, "429, to be tried again after 1 s", "Tokens.create", 1)
    await section(page, "Tokens").getByRole("button", { name: "Create token" }).click()
    const call = page.getByRole("region", { name: "Calls" }).getByRole("listitem").filter({ hasText: "Tokens.create" })
    await call.getByText("waits, to try again").waitFor()
    await call.getByText("done after 2 attempts").waitFor()
    await visible(page, "Token 2 created.")

    await trouble(page, "503 Service Unavailable", "Tokens.list", 2)
    await page.getByRole("button", { name: "Reload tokens", exact: true }).click()
    await visible(page, "done after 3 attempts")

    const times = page.getByLabel("How many requests")
    await times.fill("")
    assert.strictEqual(await times.inputValue(), "")
    await times.blur()
    assert.strictEqual(await times.inputValue(), "1")
    await screenshot(page, "console-retries")
  })

  test("that lasts shows beside the list, which can be read again", async () => {
    const page = await console.open()
    const tokens = section(page, "Tokens")
    await create(page, "Temporary", 1)
    await trouble(page, "503 Service Unavailable", "Tokens.list", 3)
    await page.getByRole("button", { name: "Reload tokens", exact: true }).click()
    await tokens.getByRole("alert").getByText("The platform takes no calls right now.").waitFor()
    await row(page, 1).waitFor()
    await tokens.getByRole("button", { name: "Try again" }).click()
    await tokens.getByRole("alert").waitFor({ state: "detached" })
    assert.strictEqual(await page.evaluate(() => document.activeElement?.textContent), "Tokens 1")

    await trouble(page, "503 Service Unavailable", "Tokens.delete", 3)
    await page.getByRole("button", { name: "Delete token 1" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    const problem = tokens.getByRole("table").getByRole("alert")
    await problem.getByText("The platform takes no calls right now.").waitFor()
    await problem.getByRole("button", { name: "Dismiss" }).click()
    assert.strictEqual(await problem.count(), 0)
    assert.strictEqual(await focused(page), "Delete token 1")

    // Somebody else deletes it first.
    await console.call("DELETE", "1/")
    await page.getByRole("button", { name: "Deactivate token 1" }).click()
    await visible(page, "Token 1 is not there any more")
    await row(page, 1).waitFor({ state: "detached" })
    assert.strictEqual(await page.evaluate(() => document.activeElement?.textContent), "Tokens 0")
  })

  test("that leaves a create in doubt: the page finds its token, whatever the sandbox's time", async () => {
    const page = await console.open()
    await create(page, "Temporary", 1)
    await page.getByRole("button", { name: "24 hours later" }).click()
    await trouble(page, "Done, but answered 502", "Tokens.create", 1)
    await section(page, "Tokens").getByRole("button", { name: "Create token" }).click()
    const problem = section(page, "Tokens").getByRole("alert")
    await problem.getByText("a token may have been made, or not").waitFor()
    await problem.getByRole("button", { name: "Look for a new token" }).click()
    await visible(page, "It was made: it is token 2.")
    await row(page, 2).waitFor()
  })

  test("that leaves a create in doubt: an older or newer token is not taken for its token", async () => {
    const page = await console.open()
    const tokens = section(page, "Tokens")
    const problem = tokens.getByRole("alert")
    await visible(page, "No tokens yet.")
    await trouble(page, "Done, but answered 502", "Tokens.create", 1)
    await tokens.getByRole("button", { name: "Create token" }).click()
    await problem.getByText("a token may have been made, or not").waitFor()
    await page.getByRole("button", { name: "Reload tokens", exact: true }).click()
    await row(page, 1).waitFor()
    await problem.getByRole("button", { name: "Look for a new token" }).click()
    await visible(page, "It was made: it is token 1.")
    assert.strictEqual(await page.evaluate(() => document.activeElement?.tagName), "H3")

    // The page knows no earlier list, and by its clock the old token is from the future.
    await console.control("PATCH", "/clock", { advance: 24 * 60 * 60 * 1000 })
    await console.call("POST", "")
    await console.control("PUT", "/faults", {
      _tag: "Script",
      rules: [
        { operation: "Tokens.list", times: 3, fault: { _tag: "Status", status: 503 } },
        { operation: "Tokens.create", times: 1, fault: { _tag: "Status", status: 502 } },
      ],
    })
    await page.reload()
    await problem.getByText("The platform takes no calls right now.").waitFor()
    await tokens.getByRole("button", { name: "Create token" }).click()
    await problem.getByRole("button", { name: "Look for a new token" }).click()
    await visible(page, /^It cannot be told: .* 2\.$/)
  })

  test("slow answers: the page says that it is loading", async () => {
    await console.control("PUT", "/faults", {
      _tag: "Script",
      rules: [{ operation: "StreamTokens.list", call: 1, fault: { _tag: "Latency", millis: 500 } }],
    })
    const page = await console.open()
    await visible(page, "Loading the stream tokens…")
    await visible(page, "No stream tokens yet.")
  })

  test("an offline browser: the page says so, and tries again on demand", async () => {
    const page = await console.open()
    await visible(page, "No tokens yet.")
    await page.context().setOffline(true)
    try {
      await page.getByRole("button", { name: "Reload" }).first().click()
      await page.getByRole("alert").getByText("the browser is offline").first().waitFor()
    } finally {
      await page.context().setOffline(false)
    }
    await page.getByRole("button", { name: "Try again" }).first().click()
    await visible(page, "No tokens yet.")
  })

  test("a sandbox that has ended: the page says so, and tries again on demand", async () => {
    const page = await console.open()
    await page.route("**/_sandbox/spaces", (route) => route.abort())
    await page.reload()
    await page.getByRole("main").getByRole("alert").getByText("The sandbox does not answer.").waitFor()
    await page.unroute("**/_sandbox/spaces")
    await page.getByRole("button", { name: "Try again" }).click()
    await visible(page, "No tokens yet.")
    assert.strictEqual(await page.evaluate(() => document.activeElement?.tagName), "MAIN")
  })
})

describe("for everybody", () => {
  /** Makes tokens of all states and ages, past the page. */
  const fill = async () => {
    const create = (permanent: boolean) => console.call("POST", "", { permanent })
    for (const age of [26, 12, 10]) {
      await create(false)
      await console.control("PATCH", "/clock", { advance: age * 60 * 60 * 1000 })
    }
    for (const permanent of [true, true, true, false]) await create(permanent)
    await console.call("PATCH", "5/", { is_active: false })
  }

  const long = "Quarterly".repeat(33)
  const wide = { width: 1200, height: 800 }
  const phone = { width: 360, height: 1140 }

  test("axe finds nothing, and nothing is cut off: light and dark, wide and on a phone", async () => {
    await fill()
    const page = await console.open()
    /** Tests both layouts and both schemes. Elements behind a dialog cannot be reached. */
    const isFine = async (state: string, within = "body") => {
      await page.setViewportSize(phone)
      assert.isAtMost(await overflow(page), 0, `${state}, on a phone`)
      assert.deepStrictEqual(await violations(page, within), [], `${state}, on a phone`)
      await page.setViewportSize(wide)
      await page.emulateMedia({ colorScheme: "dark" })
      assert.isAtMost(await overflow(page), 0, `${state}, wide`)
      assert.deepStrictEqual(await violations(page, within), [], `${state}, wide and dark`)
      await page.emulateMedia({ colorScheme: "light" })
    }
    await row(page, 7).waitFor()
    await screenshot(page, "console-light")
    await page.emulateMedia({ colorScheme: "dark" })
    await screenshot(page, "console-dark")
    await page.emulateMedia({ colorScheme: "light" })
    await page.setViewportSize(phone)
    await screenshot(page, "console-phone")

    await page.emulateMedia({ forcedColors: "active" })
    const [taken, free, left, gone, chosen, other, here, elsewhere] = await page.evaluate(() =>
      [
        ".gauge .taken",
        ".gauge span:not(.taken)",
        ".bar > span",
        ".bar",
        ".segments input:checked + span",
        ".segments input:not(:checked) + span",
        "nav a[aria-current]",
        "nav a:not([aria-current])",
      ].map((selector) => {
        const element = document.querySelector(selector)
        if (element === null) return `no ${selector}`
        const { backgroundColor, borderBottomColor } = getComputedStyle(element)
        return selector.startsWith("nav") ? borderBottomColor : backgroundColor
      }),
    )
    assert.notStrictEqual(taken, free)
    assert.notStrictEqual(left, gone)
    assert.notStrictEqual(chosen, other)
    assert.notStrictEqual(here, elsewhere)
    await page.emulateMedia({ forcedColors: "none" })

    // A few rows are enough, and axe is slow.
    await page.getByRole("button", { name: "Clear the calls" }).click()
    await page.getByRole("button", { name: "Show the key of token 7" }).click()
    await trouble(page, "503 Service Unavailable", "Tokens.list", 3)
    await page.getByRole("button", { name: "Reload tokens", exact: true }).click()
    await page.getByRole("alert").waitFor()
    await isFine("tokens of all states, and a problem")

    await page.getByRole("button", { name: "Delete several tokens…" }).click()
    await page.getByRole("dialog").getByText("This deletes all").waitFor()
    await isFine("a dialog", "dialog")
    await page.keyboard.press("Escape")

    await page.getByRole("link", { name: "UMAaaS API tokens" }).click()
    await page.getByLabel("Name").fill(long)
    await page.getByRole("button", { name: "Create API token" }).click()
    await page.getByRole("button", { name: /^Show the secret/ }).click()
    await isFine("API tokens")
    await page.getByRole("button", { name: `Delete API token ${long}` }).click()
    for (const size of [wide, phone]) {
      await page.setViewportSize(size)
      assert.isAtMost(await overflow(page), 0, `a dialog with a long name, ${size.width} wide`)
    }
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    await visible(page, `“${long}” deleted.`)
    assert.isAtMost(await overflow(page), 0, "a long name in what was done")
  })
})
