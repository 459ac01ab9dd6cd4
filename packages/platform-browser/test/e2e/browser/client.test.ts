/** The guarantees of the client in a browser, on another origin and on the page's own. */
import { ApiTokens, Neuroio, StreamTokens, Tokens, Umaaas } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { inject } from "vitest"
import type { Seen } from "../../support/stage.ts"

const apiToken = Redacted.make("credential")

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())
const create = Effect.flatMap(Tokens, (tokens) => tokens.create())

const stageUrl = inject("stageUrl")

const neuroio = (url: string, options: Neuroio.Options = {}, transport: BrowserTransport.Options = {}) =>
  Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url, ...options }).pipe(
    Layer.provide(BrowserTransport.layer(transport)),
  )

/** A user of the stage server, and the requests that the server saw of it. */
const makePlayer = Effect.sync(() => {
  const name = crypto.randomUUID()
  const ask = (path: string) =>
    Effect.promise((signal) => fetch(`${stageUrl}/${path}/${name}`, { signal }).then((answer) => answer.json()))
  const seen: Effect.Effect<ReadonlyArray<Seen>> = ask("seen")
  return { name, seen, held: ask("held"), freed: ask("freed") }
})

/** Runs a call until the headers of a response are there. */
const untilAnswered = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const answered = yield* Deferred.make<void>()
    const fiber = yield* call.pipe(
      Effect.provideService(FetchHttpClient.Fetch, async (url, init) => {
        const answer = await fetch(url, init)
        Deferred.doneUnsafe(answered, Effect.void)
        return answer
      }),
      Effect.forkChild,
    )
    yield* Deferred.await(answered)
    return fiber
  })

describe.each([
  ["another origin", stageUrl],
  ["the page's own origin", "/stage"],
])("on %s", (_, origin) => {
  it.effect("a call without a response times out, and its connection is closed (C5)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const layer = neuroio(`${origin}/hold/${player.name}`, { retries: 0 })
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(list, layer)))
      yield* player.held
      yield* TestClock.adjust("4 seconds")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error.message, "Tokens.list had no whole answer after 4s (attemptTimeout).")
      yield* player.freed
    }),
  )

  it.effect("a call whose body does not come does the same", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const layer = neuroio(`${origin}/hold-body/${player.name}`, { retries: 0 })
      const fiber = yield* untilAnswered(Effect.flip(Effect.provide(list, layer)))
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
      yield* player.freed
    }),
  )

  it.effect("a call that is interrupted closes its connection (C6)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const fiber = yield* Effect.forkChild(Effect.provide(list, neuroio(`${origin}/hold/${player.name}`)))
      yield* player.held
      yield* Fiber.interrupt(fiber)
      yield* player.freed
      assert.strictEqual((yield* player.seen).length, 1)
    }),
  )

  it.effect("a call that is interrupted within the body does the same", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const fiber = yield* untilAnswered(Effect.provide(list, neuroio(`${origin}/hold-body/${player.name}`)))
      yield* Fiber.interrupt(fiber)
      yield* player.freed
      assert.strictEqual((yield* player.seen).length, 1)
    }),
  )

  it.effect("a response that is no JSON closes its connection before it is whole (C10)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const error = yield* Effect.flip(Effect.provide(list, neuroio(`${origin}/hold-text/${player.name}`)))
      assert.strictEqual(error._tag, "MalformedResponse")
      yield* player.freed
    }),
  )

  it.effect("a create that the browser refuses to send for a wrong header has changed nothing (C4)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const error = yield* Effect.flip(create).pipe(
        Effect.provide(neuroio(`${origin}/list/${player.name}`, { retries: 0 })),
        Effect.provideService(FetchHttpClient.RequestInit, { headers: { "x-tenant": "a\nb" } }),
      )
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
      assert.isEmpty(yield* player.seen)
    }),
  )

  it.effect("a redirect is refused, once, and reads as one (C8)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const layer = neuroio(`${origin}/redirect/${player.name}`)
      const error = yield* Effect.flip(Effect.provide(list, layer))
      assert.strictEqual(error._tag, "UnexpectedStatus")
      assert.strictEqual(
        error.message,
        "Tokens.list was answered with a redirect. Redirects are never followed: check the base URL.",
      )
      const created = yield* Effect.flip(Effect.provide(create, layer))
      if (created._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${created._tag}`)
      assert.strictEqual(created.reason._tag, "UnexpectedStatus")
      assert.deepStrictEqual(
        (yield* player.seen).map(({ method, path }) => [method, path?.split("/")[1]]),
        [
          ["GET", "redirect"],
          ["POST", "redirect"],
        ],
      )
    }),
  )

  it.effect("Retry-After is known (C3)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const error = yield* Effect.flip(Effect.provide(list, neuroio(`${origin}/busy/${player.name}`, { retries: 0 })))
      if (error._tag !== "TooManyRequests") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual(error.retryAfter, Duration.seconds(7))
    }),
  )

  it.effect("no cookie is sent or kept, and no response comes from the cache", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const layer = neuroio(`${origin}/list/${player.name}`)
      yield* Effect.provide(list, layer)
      yield* Effect.provide(list, layer)
      const seen = yield* player.seen
      assert.strictEqual(seen.length, 2)
      for (const { authorization, cookie = "" } of seen) {
        assert.notInclude(cookie, player.name)
        assert.strictEqual(authorization, "Token credential")
      }
    }),
  )
})

describe("on another origin", () => {
  const mayBe = "the server cannot be reached, or it does not allow this page's origin (CORS)"

  it.effect.each([
    ["does not allow the page", "closed/list"],
    ["breaks the connection", "reset"],
  ])("a server that %s gives a hint", ([, part]) =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const url = `${stageUrl}/${part}/${player.name}`
      const error = yield* Effect.flip(Effect.provide(list, neuroio(url, { retries: 0 })))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual([error.hint, error.sent], [mayBe, true])
      assert.strictEqual(error.message, `Tokens.list got no answer from ${stageUrl}: ${mayBe}.`)
    }),
  )

  it.effect("Retry-After is hidden where the server does not expose it", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const url = `${stageUrl}/veiled/busy/${player.name}`
      const error = yield* Effect.flip(Effect.provide(list, neuroio(url, { retries: 0 })))
      if (error._tag !== "TooManyRequests") return assert.fail(`unexpected ${error._tag}`)
      assert.isUndefined(error.retryAfter)
    }),
  )
})

describe("a page cannot prevent", () => {
  it.effect("that the browser sends a create again when a kept connection breaks (C4)", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const layer = neuroio(`${stageUrl}/drop/${player.name}`, { retries: 0 })
      // Before it, so that there is a connection to keep.
      const { id } = yield* Effect.andThen(list, create).pipe(Effect.provide(layer))
      assert.strictEqual(id, 1)
      assert.deepStrictEqual(
        (yield* player.seen).map(({ method }) => method),
        ["GET", "POST", "POST"],
      )
    }),
  )
})

describe("on the page's own origin", () => {
  it.effect("a lost connection has no hint: there is no CORS", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const error = yield* Effect.flip(Effect.provide(list, neuroio(`/stage/reset/${player.name}`, { retries: 0 })))
      assert.strictEqual(error.message, `Tokens.list lost its connection to ${location.origin}.`)
    }),
  )

  it.effect("cookies are sent where `credentials` says so", () =>
    Effect.gen(function* () {
      const player = yield* makePlayer
      const layer = neuroio(`/stage/list/${player.name}`, {}, { credentials: "same-origin" })
      yield* Effect.provide(list, layer)
      yield* Effect.provide(list, layer)
      assert.deepStrictEqual(
        (yield* player.seen).map(({ cookie = "" }) => cookie.includes(player.name)),
        [false, true],
      )
    }),
  )

  it.effect("a backend adds the credential that the page does not have", () =>
    Effect.gen(function* () {
      for (const service of [Tokens, StreamTokens]) {
        const tokens = yield* service
        const { id, key } = yield* tokens.create({ permanent: true })
        assert.strictEqual((yield* tokens.get(key)).id, id)
        assert.isFalse((yield* tokens.update(id, { isActive: false })).isActive)
        const { id: temporary } = yield* tokens.create()
        yield* tokens.deleteList({ permanent: false })
        assert.deepStrictEqual(
          (yield* tokens.list({ limit: 5 })).map((token) => token.id),
          [id],
        )
        const missing = yield* Effect.flip(tokens.delete(temporary))
        if (missing._tag !== "NotFound") return assert.fail(`unexpected ${missing._tag}`)
        assert.isString(missing.serverMessage)
        yield* tokens.delete(id)
      }
      const apiTokens = yield* ApiTokens
      const { clientSecret, id } = yield* apiTokens.create({ name: "page", permissions: ["VIEW"] })
      assert.isTrue(Redacted.isRedacted(clientSecret))
      assert.strictEqual((yield* apiTokens.list({ name: "page", limit: 5 })).data.length, 1)
      yield* apiTokens.delete(id)
      assert.strictEqual((yield* Effect.flip(apiTokens.get(id)))._tag, "NotFound")
    }).pipe(
      Effect.provide([
        Neuroio.layer({ iamUrl: "/backend", apiUrl: "/backend" }),
        Umaaas.layer({ url: "/backend/umaaas/v1" }),
      ]),
      Effect.provide(BrowserTransport.layer()),
    ),
  )

  it.effect("a worker without a page has the same origin", () =>
    Effect.gen(function* () {
      const worker = yield* Effect.acquireRelease(
        Effect.sync(() => new Worker(new URL("../../support/worker.ts", import.meta.url), { type: "module" })),
        (worker) => Effect.sync(() => worker.terminate()),
      )
      const answer = yield* Effect.callback<unknown>((resume) => {
        worker.addEventListener("message", ({ data }) => resume(Effect.succeed(data)))
        worker.addEventListener("error", ({ message }) => resume(Effect.die(new Error(message))))
      })
      assert.deepStrictEqual(answer, { listed: 0, refused: "apiToken" })
    }),
  )
})
