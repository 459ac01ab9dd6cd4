/** Tests `effect-tokens laws` in process: the laws that it tries, its output, and its refusals. */
import { SandboxServer } from "@effect-tokens/cli"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { vendors } from "../../src/vendors.ts"
import { ended } from "../support/command.ts"

const lawsOf = (...ids: ReadonlyArray<string>) => ids.flatMap((id) => ["--law", id])

/** A sandbox with some tokens, in place of the real platforms. */
const live = Effect.gen(function* () {
  const { credentials, url } = yield* SandboxServer.SandboxServer
  const neuroio = Redacted.value(credentials.neuroio.account)
  const { clientId } = credentials.umaaas
  const clientSecret = Redacted.value(credentials.umaaas.clientSecret)
  const call = (method: string, path: string, authorization: string, body?: unknown) =>
    Effect.promise(() =>
      fetch(url + path, {
        method,
        headers: { authorization, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).then((response) => response.text()),
    )
  const account = `Token ${neuroio}`
  const first = `Basic ${btoa(`${clientId}:${clientSecret}`)}`
  yield* call("POST", "/v1/tokens/", account, {})
  yield* call("POST", "/v1/streams/tokens/", account, {})
  return {
    state: Effect.all([
      call("GET", "/v1/tokens/", account),
      call("GET", "/v1/streams/tokens/", account),
      call("GET", "/umaaas/v1/tokens", first),
    ]),
    /** Makes the sandbox answer each get of a token with 403. */
    injectForbidden: call("PUT", "/_sandbox/faults", "", {
      _tag: "Script",
      rules: [{ operation: "Tokens.get", fault: { _tag: "Status", status: 403 } }],
    }),
    NeuroIO: {
      url,
      secret: neuroio,
      environment: { NEUROIO_API_TOKEN: neuroio, NEUROIO_IAM_URL: url, NEUROIO_API_URL: url },
    },
    UMAaaS: {
      url: `${url}/umaaas/v1`,
      secret: clientSecret,
      environment: {
        UMAAAS_CLIENT_ID: clientId,
        UMAAAS_CLIENT_SECRET: clientSecret,
        UMAAAS_URL: `${url}/umaaas/v1`,
      },
    },
  }
})

const layerLive = SandboxServer.layer({ port: 0 })

describe("effect-tokens laws", () => {
  it.live.each([
    { on: [], servers: [] },
    { on: ["--on", "memory"], servers: [] },
    { on: ["--target", "in-process"], servers: ["api.lightspark.com", "api.neuroio.com", "iam.neuroio.com"] },
    { on: ["--target", "sandbox"], servers: ["127.0.0.1"] },
  ])("$on tries the named laws, with requests to $servers", ({ on, servers }) =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          if (options.kind === "client") spans.push(span)
          return span
        },
      })
      const laws = lawsOf("tokens.permanent-cap", "streamTokens.delete-list", "apiTokens.secret-once")
      const run = yield* ended(["laws", ...on, ...laws, "--runs", "2"]).pipe(
        Effect.provideService(Tracer.Tracer, tracer),
      )
      assert.deepStrictEqual(run, {
        isSuccess: true,
        stdout:
          "passed  tokens.permanent-cap (N4): 2 runs\npassed  streamTokens.delete-list (N12): 2 runs\npassed  apiTokens.secret-once (U1): 2 runs\n\n3 passed, 0 failed, 0 skipped\n",
        stderr: "",
      })
      const asked = new Set(spans.map(({ attributes }) => attributes.get("server.address")))
      assert.sameMembers([...asked], servers)
    }),
  )

  it.live("tries a law 100 times, and 3 times on live", () =>
    Effect.gen(function* () {
      const { environment } = (yield* live).NeuroIO
      const law = lawsOf("tokens.lifetime")
      const { stdout } = yield* ended(["laws", ...law])
      assert.strictEqual(stdout, "passed  tokens.lifetime (N2): 100 runs\n\n1 passed, 0 failed, 0 skipped\n")
      const onLive = yield* ended(["laws", "--target", "live", ...law], { environment })
      assert.include(onLive.stdout, "\npassed  tokens.lifetime (N2): 3 runs\n")
    }).pipe(Effect.provide(layerLive)),
  )

  it.live.each([
    {
      vendor: "NeuroIO",
      promise: "change and delete no token that they did not create",
      passed: "tokens.credential-inactive (N13)",
      skipped: "tokens.delete-list (N12): it would delete tokens that it did not make",
      ofOthers: /UMAAAS|apiTokens/,
    },
    {
      vendor: "UMAaaS",
      promise: "delete no token that they did not create",
      passed: "apiTokens.permissions (U10)",
      skipped: "apiTokens.creation-time (U2): the platform's time cannot be moved",
      ofOthers: /NEUROIO|streamTokens/,
    },
  ] as const)("--target live says of $vendor first what it will do, and touches only what it made", (row) =>
    Effect.gen(function* () {
      const { state, ...platforms } = yield* live
      const { environment, secret, url } = platforms[row.vendor]
      const before = yield* state
      const { isSuccess, stderr, stdout } = yield* ended(["laws", "--target", "live", "--runs", "1"], { environment })
      const lines = stdout.split("\n")
      assert.strictEqual(lines[0], `The laws are about to be tried on ${url},`)
      assert.isAbove(stdout.indexOf("\npassed  "), stdout.indexOf(row.promise))
      assert.include(stdout, row.promise)
      assert.include(lines, `passed  ${row.passed}: 1 run`)
      assert.include(lines, `skipped ${row.skipped}`)
      assert.match(stdout, /\n\d\d passed, 0 failed, \d+ skipped\n$/)
      assert.notMatch(stdout, row.ofOthers)
      assert.notInclude(stdout, secret)
      assert.deepStrictEqual([isSuccess, stderr], [true, ""])
      assert.deepStrictEqual(yield* state, before)
    }).pipe(Effect.provide(layerLive)),
  )

  it.live("--target live goes to every platform that the environment has a credential for", () =>
    Effect.gen(function* () {
      const { NeuroIO, UMAaaS } = yield* live
      const environment = { ...NeuroIO.environment, ...UMAaaS.environment }
      const laws = lawsOf("apiTokens.secret-once", "tokens.get")
      const { isSuccess, stdout } = yield* ended(["laws", "--target", "live", "--runs", "1", ...laws], { environment })
      assert.sameOrderedMembers(
        stdout.split("\n").filter((line) => /^The laws|^passed/.test(line)),
        [
          `The laws are about to be tried on ${NeuroIO.url},`,
          `The laws are about to be tried on ${UMAaaS.url},`,
          "passed  tokens.get (N9): 1 run",
          "passed  apiTokens.secret-once (U1): 1 run",
        ],
      )
      assert.isTrue(isSuccess)
    }).pipe(Effect.provide(layerLive)),
  )

  it.live("--target live needs a credential for every law that is named", () =>
    Effect.gen(function* () {
      const { environment } = (yield* live).NeuroIO
      const laws = lawsOf("tokens.get", "apiTokens.get")
      const { isSuccess, stderr, stdout } = yield* ended(["laws", "--target", "live", ...laws], { environment })
      assert.deepStrictEqual([isSuccess, stdout], [false, ""])
      assert.include(stderr, "--target live needs UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment")
    }).pipe(Effect.provide(layerLive)),
  )

  it.live.each([
    ["NeuroIO", { NEUROIO_API_TOKEN: "wrong" }, "NEUROIO_API_TOKEN is refused (401)."],
    ["UMAaaS", { UMAAAS_CLIENT_SECRET: "wrong" }, "UMAAAS_CLIENT_ID with UMAAAS_CLIENT_SECRET is refused (401)."],
  ] as const)("--target live tries no law when %s refuses the credential", ([vendor, wrong, sentence]) =>
    Effect.gen(function* () {
      const { environment } = (yield* live)[vendor]
      const run = yield* ended(["laws", "--target", "live", "--runs", "1"], {
        environment: { ...environment, ...wrong },
      })
      assert.deepStrictEqual(run, { isSuccess: false, stdout: "", stderr: `\nERROR\n  ${sentence}\n` })
    }).pipe(Effect.provide(layerLive)),
  )

  it.live("fails when a law does not hold, and says how to replay it", () =>
    Effect.gen(function* () {
      const { NeuroIO, injectForbidden } = yield* live
      yield* injectForbidden
      const laws = lawsOf("tokens.lifetime", "tokens.get")
      const args = ["laws", "--target", "live", "--seed", "42", "--runs", "1", ...laws]
      const { isSuccess, stderr, stdout } = yield* ended(args, NeuroIO)
      assert.include(stdout, "\nFAILED  tokens.get (N9): after 1 run\n")
      assert.match(stdout, /\nTo replay it: effect-tokens laws --target live --replay tokens\.get:42:0[:\d]*\n/)
      assert.match(stdout, /\n1 passed, 1 failed, 0 skipped\n$/)
      assert.notInclude(stdout, NeuroIO.secret)
      assert.strictEqual(stderr.trim().split("\n").at(-1)?.trim(), "A law does not hold.")
      assert.isFalse(isSuccess)
    }).pipe(Effect.provide(layerLive)),
  )

  it.effect("the warning of a vendor names the addresses that the environment gives, or else its own", () =>
    Effect.gen(function* () {
      const warnings = (env: Readonly<Record<string, string>>) =>
        Effect.forEach(vendors, ({ warning }) => Effect.map(warning, (text) => text.split("\n", 1)[0])).pipe(
          Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
        )
      const credentials = { NEUROIO_API_TOKEN: "key", UMAAAS_CLIENT_ID: "id", UMAAAS_CLIENT_SECRET: "secret" }
      assert.deepStrictEqual(yield* warnings(credentials), [
        "The laws are about to be tried on https://iam.neuroio.com and https://api.neuroio.com,",
        "The laws are about to be tried on https://api.lightspark.com/umaaas/v1,",
      ])
      const urls = { NEUROIO_IAM_URL: "http://iam", NEUROIO_API_URL: "http://api", UMAAAS_URL: "http://umaaas" }
      assert.deepStrictEqual(yield* warnings({ ...credentials, ...urls }), [
        "The laws are about to be tried on http://iam and http://api,",
        "The laws are about to be tried on http://umaaas,",
      ])
    }),
  )

  it.live("replays a counterexample, from its seed or from a file", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const file = yield* fileSystem.makeTempFileScoped()
      yield* fileSystem.writeFileString(file, JSON.stringify({ law: "tokens.lifetime", input: [true, false] }))
      for (const replay of ["tokens.lifetime:42:7", file]) {
        assert.deepStrictEqual(yield* ended(["laws", "--replay", replay]), {
          isSuccess: true,
          stdout: "passed  tokens.lifetime (N2): 1 run\n\n1 passed, 0 failed, 0 skipped\n",
          stderr: "",
        })
      }
    }).pipe(Effect.provide(NodeFileSystem.layer)),
  )

  it.live.each([
    [["--law", "tokens.nothing"], 'There is no law "tokens.nothing". Without --law, all are tried and named.'],
    [["--replay", "tokens.nothing:1:0"], 'There is no law "tokens.nothing". Without --law, all are tried and named.'],
    [
      ["--target", "live"],
      "--target live needs NEUROIO_API_TOKEN, or UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
    ],
    [
      ["--target", "live"],
      "--target live needs NEUROIO_API_TOKEN, or UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
      { NEUROIO_API_TOKEN: "", UMAAAS_CLIENT_ID: "", UMAAAS_CLIENT_SECRET: "" },
    ],
    [
      ["--target", "live", "--law", "apiTokens.get"],
      "--target live needs UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
    ],
    // A part of a credential must not be shown either.
    [
      ["--target", "live"],
      "--target live needs UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
      { UMAAAS_CLIENT_ID: "client-1" },
    ],
    [
      ["--replay", "nothing"],
      "--replay must be law:seed:path, such as tokens.get:42:3:0, or a file with the JSON of a counterexample.",
    ],
    [["--runs", "0"], "runs: must be a whole number of at least 1."],
    [["--seed", "4294967296"], "seed: must be a whole number of up to 32 bits."],
  ] as const)("%j is refused in one sentence: %s", ([args, sentence, environment = {}]) =>
    Effect.gen(function* () {
      const { isSuccess, stderr, stdout } = yield* ended(["laws", ...args], { environment })
      assert.deepStrictEqual([isSuccess, stdout], [false, ""])
      assert.strictEqual(stderr, `\nERROR\n  ${sentence}\n`)
    }),
  )
})
