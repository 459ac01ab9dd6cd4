/** Opens the built page, served by a real sandbox, in a browser. */
import { SandboxServer } from "@effect-tokens/cli"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { chromium, type Page } from "playwright-core"
import { findChromium } from "../../../../tools/chromium.ts"

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Builds the page as `npm run build` does, but elsewhere: other tests may build or read the package. */
const build = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "effect-tokens-console-"))
  const vite = path("../../../../node_modules/vite/bin/vite.js")
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", folder], { cwd: path("../..") })
  return folder
}

export interface Console {
  /** The account's own credential. */
  readonly key: string
  /** Opens a place of the page, such as `api-tokens`. */
  readonly open: (place?: string) => Promise<Page>
  /** Makes requests past the page: `control` to the control routes, `call` to the account's tokens. */
  readonly control: (method: string, path: string, body?: object) => Promise<Response>
  readonly call: (method: string, path: string, body?: object) => Promise<Response>
  /** Resets the sandbox and closes all pages. Succeeds with their errors and console messages. */
  readonly startAnew: () => Promise<ReadonlyArray<string>>
  readonly close: () => Promise<void>
}

export const startConsole = async (): Promise<Console> => {
  const [folder, browser] = await Promise.all([build(), chromium.launch(findChromium())])
  const server = ManagedRuntime.make(SandboxServer.layer({ port: 0, console: folder }))
  const {
    console: page = "",
    credentials,
    url,
  } = await server.runPromise(Effect.map(SandboxServer.SandboxServer, (it) => it))
  // The page stores nothing in the browser: the tests can share a context.
  const context = await browser.newContext({
    viewport: { width: 1200, height: 800 },
    locale: "en-GB",
    // A click waits until an animation has ended.
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  })
  const said: Array<string> = []

  const key = Redacted.value(credentials.neuroio.account)

  const request = async (method: string, path: string, body?: object): Promise<Response> => {
    const headers = { authorization: `Token ${key}`, "content-type": "application/json" }
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(url + path, { method, headers, ...init })
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`)
    return response
  }
  const control: Console["control"] = (method, path, body) => request(method, `/_sandbox${path}`, body)

  return {
    key,
    control,
    call: (method, path, body) => request(method, `/v1/tokens/${path}`, body),
    open: async (place = "") => {
      const opened = await context.newPage()
      opened.on("pageerror", (error) => said.push(error.message))
      opened.on("console", (message) => said.push(message.text()))
      await opened.goto(`${page}#${place}`)
      return opened
    },
    startAnew: async () => {
      await Promise.all(context.pages().map((opened) => opened.close()))
      await control("POST", "/reset")
      return said.splice(0)
    },
    close: async () => {
      await Promise.all([browser.close(), server.dispose(), rm(folder, { recursive: true })])
    },
  }
}
