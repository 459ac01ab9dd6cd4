/** Makes a request from a description and an input. */
import * as Headers from "effect/http/Headers"
import * as Redacted from "effect/Redacted"
import type { Request } from "../Transport.ts"
import type { Operation } from "./operation.ts"
import { encodeFields, type Fields, toJson, toText } from "./input.ts"

/** Makes once what all requests of an operation share, and returns a function for the rest. */
export const makePrepare = (
  operation: Operation<Fields, unknown, unknown>,
  base: URL,
  authorization: Redacted.Redacted | undefined,
): ((input: Fields) => Request) => {
  const { method, path, query, body } = operation
  const { origin } = base
  // `split` with a group puts the names of fields between the fixed parts: every other segment is a name.
  const segments = (base.pathname.replace(/\/+$/, "") + path).split(/\{(\w+)\}/)
  const headers = Headers.fromInput({
    accept: "application/json",
    authorization: authorization && Redacted.value(authorization),
    "content-type": body && "application/json",
  })

  const pathOf = (input: Fields): string => {
    let path = ""
    for (const [i, part] of segments.entries()) path += i % 2 === 0 ? part : encodeURIComponent(toText(input[part]))
    return path
  }

  const queryOf = (input: Fields): string => {
    if (query === undefined) return ""
    const parameters = new URLSearchParams(encodeFields(query, input, toText).map(([name, value]) => [name, value]))
    // A plus is a space to forms alone (RFC 3986). One that is meant is `%2B` by now.
    return parameters.size === 0 ? "" : `?${parameters.toString().replaceAll("+", "%20")}`
  }

  return (input) => ({
    method,
    origin,
    path: pathOf(input) + queryOf(input),
    headers,
    body: body === undefined ? undefined : JSON.stringify(Object.fromEntries(encodeFields(body, input, toJson))),
  })
}
