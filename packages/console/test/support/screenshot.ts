/** Takes pictures for the README on demand: an ordinary run of the tests changes no file. */
import { fileURLToPath } from "node:url"
import type { Page } from "playwright-core"

const isAsked = process.env["CONSOLE_SCREENSHOTS"] === "1"

export const screenshot = async (page: Page, name: string): Promise<void> => {
  if (!isAsked) return
  const path = fileURLToPath(new URL(`../../../../docs/images/${name}.png`, import.meta.url))
  await page.screenshot({ path, animations: "disabled" })
}
