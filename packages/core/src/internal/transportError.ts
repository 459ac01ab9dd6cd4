/**
 * What is known of a request that got no answer: whether it can have left at all.
 */
import * as Predicate from "effect/Predicate"
import { TransportError } from "../Transport.ts"

/**
 * What Node's TLS says of a certificate that it does not accept, such as `CERT_HAS_EXPIRED`. The request is only written
 * after that. What the server says of a client's has another form of the word: `…_ALERT_CERTIFICATE_REQUIRED`.
 */
const certificateRefused = /(?:^|_)CERT(?:_|$)|^UNABLE_TO_VERIFY_/

const neverWritten = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  // The connection to a proxy, or its tunnel, did not come about.
  "UND_ERR_PRX_CONN",
  // undici does not write such a request: a header of it has a line break, for one.
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
])

/** undici has no code for a proxy that refuses a tunnel. */
const tunnelRefused = /HTTP Tunneling/

const connecting = new Set(["connect", "getaddrinfo"])

interface Reason {
  readonly code: string | undefined
  readonly hint: string | undefined
  readonly sent: boolean
}

/**
 * Where a transport says in words what may be the reason, on its error or a cause of it. The name is this project's own:
 * what other transports write may hold a URL, and with it a key (C7).
 */
const hintProperty = "@effect-tokens/hint"

const wellFormedCode = /^[A-Z][A-Z0-9_/]{1,63}$/

/** Looks through a transport's error and its causes: `fetch`, for one, hides the reason one level down. */
const lookThrough = (cause: unknown): Reason => {
  let current = cause
  let hint: string | undefined
  for (let depth = 0; depth < 5 && Predicate.isObject(current); depth++) {
    if (Predicate.hasProperty(current, hintProperty) && Predicate.isString(current[hintProperty])) {
      hint ??= current[hintProperty]
    }
    const code = Predicate.hasProperty(current, "code") ? current.code : undefined
    if (Predicate.isString(code) && wellFormedCode.test(code)) {
      const syscall = Predicate.hasProperty(current, "syscall") ? current.syscall : undefined
      const message = Predicate.hasProperty(current, "message") ? current.message : undefined
      const neverLeft =
        neverWritten.has(code) ||
        (Predicate.isString(message) && tunnelRefused.test(message)) ||
        certificateRefused.test(code) ||
        (Predicate.isString(syscall) && connecting.has(syscall))
      return { code, hint, sent: !neverLeft }
    }
    current = Predicate.hasProperty(current, "cause") ? current.cause : undefined
  }
  return { code: undefined, hint, sent: true }
}

/** What is known of a request that has no answer, or none that is whole. */
export const classifyTransportError = (error: unknown): Reason =>
  error instanceof TransportError ? { ...lookThrough(error.cause), sent: error.sent } : lookThrough(error)
