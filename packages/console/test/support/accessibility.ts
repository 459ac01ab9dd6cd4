/** What axe finds wrong with a page. */
import type { AxeResults } from "axe-core"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** In an element, each as one line: the rule, and where it is broken. */
export const violations = async (page: Page, within: string): Promise<ReadonlyArray<string>> => {
  await page.evaluate(`globalThis.axe === undefined && (() => { ${source} })()`)
  const results: AxeResults = await page.evaluate(`axe.run(${JSON.stringify(within)})`)
  return results.violations.flatMap(({ help, id, nodes }) =>
    nodes.map(({ failureSummary, target }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  )
}

/** By how many pixels anything sticks out of the window, or out of its part of the page. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const parts = document.querySelectorAll("html, header, nav, main, aside, section, dialog")
    return Math.max(...Array.from(parts, ({ clientWidth, scrollWidth }) => scrollWidth - clientWidth))
  })
