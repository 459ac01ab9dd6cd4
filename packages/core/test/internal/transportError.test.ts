/** What is known of a request that got no answer, by what Node, TLS, undici and `fetch` call it. */
import { assert, describe, it } from "@effect/vitest"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { classifyTransportError as known } from "../../src/internal/transportError.ts"
import { causeOf } from "../../src/Transport.ts"
import { TransportError } from "../../src/Transport.ts"

const noAnswer = (error: HttpClientError.HttpClientError) => known(causeOf(error))

const error = (cause: unknown, userAgent = "x") =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request: HttpClientRequest.get("https://iam.neuroio.com", { headers: { "user-agent": userAgent } }),
      cause,
    }),
  })

const coded = (code: string) => Object.assign(new Error("it failed"), { code })

/** As `fetch` fails: the reason is one level down. */
const ofFetch = (code: string) => new TypeError("fetch failed", { cause: coded(code) })

describe("a request without an answer", () => {
  it.each([
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_PRX_CONN",
    "UND_ERR_INVALID_ARG",
    "UND_ERR_NOT_SUPPORTED",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_REVOKED",
    "CERT_UNTRUSTED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ])("never left: %s", (code) => {
    assert.deepStrictEqual(noAnswer(error(coded(code))), { code, hint: undefined, sent: false })
    assert.deepStrictEqual(noAnswer(error(ofFetch(code))), { code, hint: undefined, sent: false })
  })

  it.each([
    "ECONNRESET",
    "EPIPE",
    "ETIMEDOUT",
    "UND_ERR_SOCKET",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
    "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
  ])("may have left: %s", (code) => {
    assert.deepStrictEqual(noAnswer(error(coded(code))), { code, hint: undefined, sent: true })
    assert.deepStrictEqual(noAnswer(error(ofFetch(code))), { code, hint: undefined, sent: true })
  })

  it("bears the hint of a transport of this project, whose name nothing else has", () => {
    const hint = "the browser is offline"
    const hinted = Object.assign(new TypeError("Failed to fetch"), { "@effect-tokens/hint": hint })
    assert.deepStrictEqual(noAnswer(error(hinted)), { code: undefined, hint, sent: true })
    assert.deepStrictEqual(noAnswer(error(new Error("it failed", { cause: hinted }))).hint, hint)
    assert.isUndefined(noAnswer(error(Object.assign(new Error("it failed"), { hint }))).hint)
    assert.isUndefined(noAnswer(error({ "@effect-tokens/hint": 5 })).hint)
  })

  it.each([
    ["ECONNREFUSED", true],
    ["ECONNRESET", false],
  ])("has left or not as the transport says that knows it, whatever the code is: %s", (code, sent) => {
    assert.deepStrictEqual(known(new TransportError(sent, coded(code))), { code, hint: undefined, sent })
  })

  it.each(["x\r\ny", "x\ny", "x\0y"])("never left where fetch does not take a header: %j", (userAgent) => {
    assert.isFalse(noAnswer(error(new TypeError("invalid header"), userAgent)).sent)
  })

  it("may have left where fetch takes the header, since it cuts off what is around it", () => {
    assert.isTrue(noAnswer(error(new TypeError("terminated"), "x\r\n")).sent)
  })

  it("may have left where something else failed, whatever the header is", () => {
    assert.isTrue(noAnswer(error(new Error("terminated"), "x\r\ny")).sent)
  })
})
