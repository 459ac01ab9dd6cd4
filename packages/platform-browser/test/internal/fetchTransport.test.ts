/** The promises of the transport over `fetch` to the client, and the options of `fetch` that it honours. */
import { Neuroio, Tokens, Transport } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpHeaders from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { sendWith } from "../../src/internal/fetchTransport.ts"

type Fetch = typeof globalThis.fetch

const request: Transport.Request = {
  method: "GET",
  origin: "https://iam.example",
  path: "/v1/tokens/",
  headers: HttpHeaders.fromInput({ authorization: "Token credential" }),
  body: undefined,
}

/** Sends a request and gives its response. Without an exit, its body was not wanted. */
const send = (
  fetch: Fetch,
  options: { readonly wanted?: boolean; readonly most?: number; readonly init?: RequestInit },
) =>
  Effect.callback<{ readonly status: number | undefined; readonly exit?: Exit.Exit<Uint8Array, unknown> }>((resume) => {
    let status: number | undefined
    return sendWith(options.init ?? {}, Context.empty())(
      request,
      {
        onHeaders: (head) => {
          status = head
          if (options.wanted === false) queueMicrotask(() => resume(Effect.succeed({ status })))
          return options.wanted !== false
        },
        onComplete: (exit) => resume(Effect.succeed({ status, exit })),
      },
      options.most ?? 100,
      Context.make(FetchHttpClient.Fetch, fetch),
    )
  })

/** A `fetch` with that response, and the arguments of its calls. */
const answering = (answer: () => Response | Promise<Response>) => {
  const seen: Array<{ readonly url: string; readonly init: RequestInit; readonly headers: Headers }> = []
  const fetch: Fetch = async (url, init = {}) => {
    seen.push({ url: String(url), init, headers: new Headers(init.headers) })
    return await answer()
  }
  return { fetch, seen, isAborted: () => seen.some(({ init }) => init.signal?.aborted) }
}

const streamed = (chunks: ReadonlyArray<Uint8Array>, rest: Promise<void> = Promise.resolve()) =>
  new ReadableStream({
    async start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      await rest
      controller.close()
    },
  })

const forever = new Promise<never>(() => {})

describe("a body", () => {
  it.effect.prop(
    "comes whole if it is not larger than what was asked for, however it is cut, and is given up otherwise",
    {
      chunks: Schema.Array(Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))),
      most: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
      announced: Schema.Literals(["its length", "less", "nothing", "no number"]),
      isEncoded: Schema.Boolean,
    },
    ({ announced, chunks, isEncoded, most }) =>
      Effect.gen(function* () {
        const whole = chunks.flat()
        const length = { "its length": whole.length, less: 0, nothing: undefined, "no number": "x" }[announced]
        const { fetch, isAborted } = answering(
          () =>
            new Response(streamed(chunks.map((chunk) => new Uint8Array(chunk))), {
              headers: {
                ...(length === undefined ? {} : { "content-length": String(length) }),
                ...(isEncoded ? { "content-encoding": "gzip" } : {}),
              },
            }),
        )
        const { exit } = yield* send(fetch, { most })
        const isTooLarge = whole.length > most
        assert.deepStrictEqual(
          exit,
          isTooLarge ? Exit.fail(new Transport.BodyTooLarge()) : Exit.succeed(new Uint8Array(whole)),
        )
        assert.strictEqual(isAborted(), isTooLarge)
      }),
  )

  it.effect("that is announced as too large is not read", () =>
    Effect.gen(function* () {
      const { fetch, isAborted } = answering(
        () => new Response(streamed([], forever), { headers: { "content-length": "101" } }),
      )
      assert.deepStrictEqual((yield* send(fetch, {})).exit, Exit.fail(new Transport.BodyTooLarge()))
      assert.isTrue(isAborted())
    }),
  )

  it.effect("may be none", () =>
    Effect.gen(function* () {
      const { fetch } = answering(() => new Response(null))
      assert.deepStrictEqual((yield* send(fetch, {})).exit, Exit.succeed(new Uint8Array()))
    }),
  )

  it.effect("that breaks off fails with its error", () =>
    Effect.gen(function* () {
      const cause = new TypeError("terminated")
      const { fetch } = answering(() => new Response(streamed([new Uint8Array(5)], Promise.reject(cause))))
      assert.deepStrictEqual((yield* send(fetch, {})).exit, Exit.fail(new Transport.TransportError(true, cause)))
    }),
  )

  it.effect("that is not wanted is cancelled, unless the status has none", () =>
    Effect.gen(function* () {
      const { fetch, isAborted } = answering(() => new Response(streamed([], forever)))
      assert.deepStrictEqual(yield* send(fetch, { wanted: false }), { status: 200 })
      assert.isTrue(isAborted())
      const empty = answering(() => new Response(null, { status: 204 }))
      assert.deepStrictEqual(yield* send(empty.fetch, { wanted: false }), { status: 204 })
      assert.isFalse(empty.isAborted())
    }),
  )
})

describe("a request that is cancelled", () => {
  /** The receiver's calls after that, and whether the request is aborted. */
  const giveUpWhile = (at: "no answer" | "half a body" | "a whole one") =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const reached = yield* Deferred.make<void>()
      const reach = () => Deferred.doneUnsafe(reached, Effect.void)
      const { fetch, isAborted } = answering(() => {
        if (at === "no answer") reach()
        const body = streamed([new Uint8Array(1)], at === "half a body" ? forever : Promise.resolve())
        return at === "no answer" ? forever : new Response(body)
      })
      const giveUp = sendWith({}, Context.empty())(
        request,
        {
          onHeaders: () => {
            told.push("head")
            if (at === "half a body") reach()
            return true
          },
          onComplete: () => {
            told.push("exit")
            reach()
          },
        },
        100,
        Context.make(FetchHttpClient.Fetch, fetch),
      )
      yield* Deferred.await(reached)
      yield* giveUp
      yield* giveUp
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      return { told, isAborted: isAborted() }
    })

  it.effect("is aborted, and its receiver is called no more", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* giveUpWhile("no answer"), { told: [], isAborted: true })
      assert.deepStrictEqual(yield* giveUpWhile("half a body"), { told: ["head"], isAborted: true })
    }),
  )

  it.effect("is not aborted when it is over", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* giveUpWhile("a whole one"), { told: ["head", "exit"], isAborted: false })
    }),
  )
})

describe("a request that fails", () => {
  it.effect("fails with the error of fetch, also when fetch throws", () =>
    Effect.gen(function* () {
      const cause = new Error("no")
      const throwing: Fetch = () => {
        throw cause
      }
      assert.deepStrictEqual(yield* send(throwing, {}), { status: undefined, exit: Exit.fail(cause) })
      const rejecting: Fetch = () => Promise.reject(cause)
      assert.deepStrictEqual(yield* send(rejecting, {}), { status: undefined, exit: Exit.fail(cause) })
    }),
  )

  it.effect.each([
    { headers: { "x-tenant": "a\r\nb" } },
    { headers: { "x-tenant": "a\0b" } },
    { headers: { "x tenant": "a" } },
  ])("was not sent if fetch does not take it: %j", (init) =>
    Effect.gen(function* () {
      const { exit } = yield* send(globalThis.fetch, { init })
      if (exit === undefined || Exit.isSuccess(exit)) return assert.fail("it was sent")
      const failed = exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? reason.error : reason))
      assert.deepStrictEqual(
        failed.map((error) => error instanceof Transport.TransportError && error.sent),
        [false],
      )
    }),
  )

  it.effect("is ConnectionFailed for a create that was not sent (C4)", () =>
    Effect.gen(function* () {
      const { fetch, seen } = answering(() => Response.json({}))
      const error = yield* Effect.flatMap(Tokens, (tokens) => tokens.create()).pipe(
        Effect.provide(
          Neuroio.layer({ apiToken: Redacted.make("canary"), retries: 0 }).pipe(
            Layer.provide(BrowserTransport.layer()),
          ),
        ),
        Effect.provideService(FetchHttpClient.RequestInit, { headers: { "x-tenant": "a\nb" } }),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
        Effect.flip,
      )
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual([error.sent, seen.length], [false, 0])
    }),
  )
})

const options = { apiToken: Redacted.make("credential") }

const layer = Neuroio.layer(options).pipe(Layer.provide(BrowserTransport.layer()))

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

describe("the layer", () => {
  const around = <A, R>(tag: Context.Key<R, A>, service: A) =>
    Layer.fresh(layer).pipe(Layer.provide(Layer.succeed(tag)(service)))

  it.effect("calls the fetch that is provided to the call, or else the one provided to the layer", () =>
    Effect.gen(function* () {
      const [aroundLayer, aroundCall] = [answering(() => Response.json([])), answering(() => Response.json([]))]
      yield* Effect.gen(function* () {
        yield* list
        yield* Effect.provideService(list, FetchHttpClient.Fetch, aroundCall.fetch)
      }).pipe(Effect.provide(around(FetchHttpClient.Fetch, aroundLayer.fetch)))
      assert.deepStrictEqual([aroundLayer.seen.length, aroundCall.seen.length], [1, 1])
    }),
  )

  it.effect("caches nothing, sends no cookies and follows no redirect", () =>
    Effect.gen(function* () {
      const { fetch, seen } = answering(() => Response.json([]))
      yield* list.pipe(Effect.provide(Layer.fresh(layer)), Effect.provideService(FetchHttpClient.Fetch, fetch))
      assert.deepStrictEqual(
        seen.map(({ headers, init: { cache, credentials, method, redirect }, url }) => ({
          url,
          method,
          cache,
          credentials,
          redirect,
          headers: Object.fromEntries(headers),
        })),
        [
          {
            url: "https://iam.neuroio.com/v1/tokens/?limit=20&offset=0",
            method: "GET",
            cache: "no-store",
            credentials: "omit",
            redirect: "manual",
            headers: { accept: "application/json", authorization: "Token credential" },
          },
        ],
      )
    }),
  )

  it.effect("takes the options of fetch that are provided to the layer, except redirects and its own headers", () =>
    Effect.gen(function* () {
      const { fetch, seen } = answering(() => Response.json([]))
      const given: RequestInit = {
        cache: "reload",
        credentials: "include",
        keepalive: true,
        redirect: "follow",
        headers: [
          ["X-Tenant", "7"],
          ["Authorization", "Token other"],
        ],
      }
      yield* list.pipe(
        Effect.provide(around(FetchHttpClient.RequestInit, given)),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
      )
      const [sent] = seen
      assert.deepStrictEqual(
        [sent?.init.cache, sent?.init.credentials, sent?.init.keepalive, sent?.init.redirect],
        ["reload", "include", true, "manual"],
      )
      assert.deepStrictEqual(Object.fromEntries(sent?.headers ?? []), {
        accept: "application/json",
        authorization: "Token credential",
        "x-tenant": "7",
      })
    }),
  )

  it.effect("ignores the options of fetch that are provided to a call", () =>
    Effect.gen(function* () {
      const { fetch, seen } = answering(() => Response.json([]))
      yield* Effect.provideService(list, FetchHttpClient.RequestInit, { credentials: "include" }).pipe(
        Effect.provide(Layer.fresh(layer)),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
      )
      assert.deepStrictEqual(
        seen.map(({ init }) => init.credentials),
        ["omit"],
      )
    }),
  )
})

it.effect("a fetch that shows the headers it is given shows no credential", () =>
  Effect.gen(function* () {
    const shown: Array<string> = []
    const fetch: Fetch = async (_, init) => {
      shown.push(JSON.stringify(init?.headers), inspect(init))
      return Response.json([])
    }
    for (const init of [{}, { headers: { "x-more": "yes" } }]) {
      yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
        Effect.provide(
          Neuroio.layer({ apiToken: Redacted.make("credential"), iamUrl: "https://iam.example" }).pipe(
            Layer.provide(BrowserTransport.layer()),
          ),
        ),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
        Effect.provideService(FetchHttpClient.RequestInit, init),
      )
    }
    assert.lengthOf(shown, 4)
    assert.notInclude(shown.join(), "Token credential")
    assert.include(shown[2], "x-more")
  }),
)
