/** Checks of a page's accessibility, with axe. */
import type { AxeResults } from "axe-core"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** Finds violations within an element, each as one line: the rule and the place. */
export const violations = async (page: Page, within: string): Promise<ReadonlyArray<string>> => {
  await page.evaluate(`globalThis.axe === undefined && (() => { ${source} })()`)
  const results: AxeResults = await page.evaluate(`axe.run(${JSON.stringify(within)})`)
  return results.violations.flatMap(({ help, id, nodes }) =>
    nodes.map(({ failureSummary, target }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  )
}

/** Measures how many pixels anything extends beyond the window, or beyond its part of the page. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const parts = document.querySelectorAll("html, header, nav, main, aside, section, dialog")
    return Math.max(...Array.from(parts, ({ clientWidth, scrollWidth }) => scrollWidth - clientWidth))
  })
