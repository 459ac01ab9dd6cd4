/** Which requests go through which proxy. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readProxies } from "../../src/internal/proxy.ts"
import { withEnvironment } from "../support/environment.ts"

const variableFor = (environment: Readonly<Record<string, string>>, url: string) =>
  Effect.gen(function* () {
    yield* withEnvironment(environment)
    return (yield* readProxies)(new URL(url))?.variable
  })

describe("NO_PROXY", () => {
  const through = [
    ["", "https://iam.neuroio.com"],
    ["other.test", "https://iam.neuroio.com"],
    ["euroio.com", "https://iam.neuroio.com"],
    ["*.iam.neuroio.com", "https://iam.neuroio.com"],
    ["neuroio.com:8443", "https://iam.neuroio.com"],
    ["*:80", "https://iam.neuroio.com"],
    ["iam*", "https://api.neuroio.com"],
    ["10.0.0.0/8", "https://11.0.0.1"],
    ["10.0.0.0/8", "https://10.example.test"],
    ["10.0.0.0/8:8443", "https://10.1.2.3"],
    ["10.0.0.0/99", "https://10.1.2.3"],
    ["10.0.0.0/", "https://10.1.2.3"],
    ["10.0.0.0/-1", "https://10.1.2.3"],
    ["/8", "https://10.1.2.3"],
    ["10.0.0.0/x", "https://10.1.2.3"],
    ["10.*", "https://110.1.2.3"],
    ["192.168.1.*", "https://192.168.10.1"],
    ["fd00::/8", "https://[fe80::1]"],
    ["[fe80::1]:8443", "https://[fe80::1]"],
    ["https://iam.neuroio.com", "https://iam.neuroio.com"],
    ["(.*", "https://iam.neuroio.com"],
  ] as const

  const around = [
    ["*", "https://iam.neuroio.com"],
    ["other.test, *", "https://iam.neuroio.com"],
    ["neuroio.com", "https://iam.neuroio.com"],
    ["neuroio.com", "https://neuroio.com"],
    [".neuroio.com", "https://iam.neuroio.com"],
    [".neuroio.com", "https://neuroio.com"],
    ["*.neuroio.com", "https://iam.neuroio.com"],
    ["NeuroIO.com.", "https://IAM.neuroio.com."],
    ["other.test iam.neuroio.com", "https://iam.neuroio.com"],
    ["other.test,,iam.neuroio.com", "https://iam.neuroio.com"],
    ["iam.neuroio.com:443", "https://iam.neuroio.com"],
    ["iam.neuroio.com:8443", "https://iam.neuroio.com:8443"],
    ["*:443", "https://iam.neuroio.com"],
    ["iam.*.com", "https://iam.neuroio.com"],
    ["10.1.2.3", "https://10.1.2.3"],
    ["10.0.0.0/8", "https://10.1.2.3"],
    ["10.0.0.0/8:443", "https://10.1.2.3"],
    ["10.*", "https://10.1.2.3"],
    ["192.168.1.*", "https://192.168.1.1"],
    ["fd00::/8", "https://[fd12::1]"],
    ["[fd00::]/8", "https://[fd12::1]"],
    ["0:0:0:0:0:0:fe80:1", "https://[::fe80:1]"],
    ["fe80::1", "https://[fe80::1]"],
    ["[fe80::1]", "https://[fe80::1]"],
    ["[fe80::1]:8443", "https://[fe80::1]:8443"],
  ] as const

  it.effect.each(through)("%s lets %s go through the proxy", ([noProxy, url]) =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* variableFor({ HTTPS_PROXY: "http://proxy.test:3128", NO_PROXY: noProxy }, url),
        "HTTPS_PROXY",
      )
    }),
  )

  it.effect.each(around)("%s lets %s go around the proxy", ([noProxy, url]) =>
    Effect.gen(function* () {
      assert.isUndefined(yield* variableFor({ HTTPS_PROXY: "http://proxy.test:3128", no_proxy: noProxy }, url))
    }),
  )

  it.effect.each(["http://localhost", "http://127.0.0.1:8080", "http://127.9.8.7", "http://[::1]:8080"])(
    "is not needed for %s (C9)",
    (url) =>
      Effect.gen(function* () {
        assert.isUndefined(yield* variableFor({ HTTP_PROXY: "http://proxy.test:3128" }, url))
      }),
  )
})

describe("the variables", () => {
  const rows: ReadonlyArray<readonly [Readonly<Record<string, string>>, string, string | undefined]> = [
    [{ http_proxy: "http://a", HTTP_PROXY: "http://b" }, "http://x.test", "http_proxy"],
    [{ HTTP_PROXY: "http://b" }, "https://x.test", "HTTP_PROXY"],
    [{ HTTPS_PROXY: "http://b" }, "http://x.test", undefined],
    [{ https_proxy: "", HTTP_PROXY: "http://b" }, "https://x.test", "HTTP_PROXY"],
    [{ http_proxy: "", HTTP_PROXY: "http://b" }, "http://x.test", undefined],
    [{}, "https://x.test", undefined],
  ]

  it.effect.each(rows)("%o for %s: %s", ([environment, url, variable]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* variableFor(environment, url), variable)
    }),
  )

  it.effect.each([
    ["http://user:p%40ss@proxy.test:3128", "user:p@ss"],
    ["http://user@proxy.test:3128", "user:"],
  ] as const)("%s: the password is a header, and in no URL", ([value, credential]) =>
    Effect.gen(function* () {
      yield* withEnvironment({ HTTPS_PROXY: value })
      const proxy = (yield* readProxies)(new URL("https://x.test"))
      assert.strictEqual(proxy?.url.href, "http://proxy.test:3128/")
      assert.deepStrictEqual(proxy?.headers, { "proxy-authorization": `Basic ${btoa(credential)}` })
    }),
  )

  it.effect.each(["proxy.test:3128", "socks5://proxy.test", "http://", "http://%zz:x@proxy.test"])(
    "%s is refused by the name of its variable",
    (value) =>
      Effect.gen(function* () {
        yield* withEnvironment({ https_proxy: value })
        assert.strictEqual(yield* Effect.flip(readProxies), "https_proxy")
      }),
  )
})
