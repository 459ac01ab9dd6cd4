/** From a description and an input to a request. */
import * as Headers from "effect/http/Headers"
import * as Redacted from "effect/Redacted"
import type { Request } from "../Transport.ts"
import type { Operation } from "./operation.ts"
import { encodeFields, type Fields, toJson, toText } from "./input.ts"

/** What all requests of an operation have in common is made once. */
export const makePrepare = (
  operation: Operation<Fields, unknown, unknown>,
  base: URL,
  authorization: Redacted.Redacted | undefined,
): ((input: Fields) => Request) => {
  const { method, path, query, body } = operation
  const { origin } = base
  // Every other segment is the name of a field: `split` with a group puts it between the fixed parts.
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
    return parameters.size === 0 ? "" : `?${parameters.toString()}`
  }

  return (input) => ({
    method,
    origin,
    path: pathOf(input) + queryOf(input),
    headers,
    body: body === undefined ? undefined : JSON.stringify(Object.fromEntries(encodeFields(body, input, toJson))),
  })
}
