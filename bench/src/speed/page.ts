/** The page of the benchmark in Chromium: it runs `Tokens.get` over fetch, and `fetch` alone. */
import { Neuroio, TokenId, Tokens } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { effects, promises } from "./subjects/atOnce.ts"

/** The number of connections that a browser opens to one host. */
const atOnce = 6

const apiToken = Redacted.make("secret")
const runtime = ManagedRuntime.make(
  Layer.provide(Neuroio.layer({ apiToken, iamUrl: "/", apiUrl: "/" }), BrowserTransport.layer()),
)
const tokens = await runtime.runPromise(Tokens)
const id = TokenId.make(1)
const ours = effects(atOnce, () => tokens.get(id))

const headers = { accept: "application/json", authorization: "Token secret" }
const bare = promises(atOnce, async () => (await fetch("/v1/tokens/1/", { cache: "no-store", headers })).json())

/** The functions that the benchmark calls from outside. */
export interface Page {
  readonly ours: (calls: number) => Promise<unknown>
  readonly bare: (calls: number) => Promise<unknown>
}

const page: Page = { ours: (calls) => runtime.runPromise(ours(calls)), bare }

Object.assign(globalThis, { page })
