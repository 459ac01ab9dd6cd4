/** Measures `Tokens.get` in a real Chromium, beside `fetch` alone on the same page. */
import { once } from "node:events"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright"
import { bundle } from "../../../tools/bundle.ts"
import { findChromium } from "../../../tools/chromium.ts"
import { one } from "./answers.ts"
import type { Page } from "./page.ts"
import { atLeast, compared, type Section } from "./report.ts"
import { type Plan, type Subject, takeTurns } from "./rounds.ts"

declare global {
  // The page of the benchmark defines it.
  var page: Page
}

const types = { "/": "text/html", "/page.js": "text/javascript" } as const

/** Serves the page and the API that it calls on one origin. */
const serve = async (code: string) => {
  const files = { "/": '<!doctype html><script type="module" src="/page.js"></script>', "/page.js": code }
  const server = createServer(({ url }, response) => {
    const isFile = url === "/" || url === "/page.js"
    const body = isFile ? files[url] : one
    response.writeHead(200, {
      "content-type": isFile ? types[url] : "application/json",
      "content-length": Buffer.byteLength(body),
    })
    response.end(body)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  return { server, origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` }
}

export const measureChromium = async (plan: Plan): Promise<Section> => {
  const { code } = await bundle(fileURLToPath(new URL("./page.ts", import.meta.url)))
  const { origin, server } = await serve(code)
  const browser = await chromium.launch(findChromium())
  const tab = await browser.newPage()
  await tab.goto(origin)
  await tab.waitForFunction(() => globalThis.page !== undefined)
  const devtools = await tab.context().newCDPSession(tab)
  await devtools.send("Performance.enable")

  /** The CPU time of the page's thread, in seconds. */
  const cpu = async (): Promise<number> => {
    const { metrics } = await devtools.send("Performance.getMetrics")
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN
  }
  const subject = (title: string, name: keyof Page): Subject => ({
    title,
    run: async (calls) => {
      const before = await cpu()
      const seconds = await tab.evaluate(
        async ([name, calls]) => {
          const start = performance.now()
          await globalThis.page[name](calls)
          return (performance.now() - start) / 1000
        },
        [name, calls] as const,
      )
      return { calls, seconds, cpu: (await cpu()) - before }
    },
    close: () => {},
  })

  const measured = await takeTurns([subject("this SDK", "ours"), subject("fetch + json()", "bare")], plan)
  const version = browser.version()
  await browser.close()
  server.close()
  const [ours, bare] = measured
  return {
    title: `\`Tokens.get\` in Chromium ${version} over fetch, 6 at once`,
    ...compared({ subject: "on the page", unit: "calls" }, measured),
    notes: "CPU is that of the page's own thread; the browser's network process takes most of a call.",
    goals:
      ours === undefined || bare === undefined
        ? []
        : [atLeast({ what: "`Tokens.get` in Chromium over fetch", against: "fetch + json()" }, ours, bare, 0.85)],
  }
}
