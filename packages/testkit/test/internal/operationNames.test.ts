import { assert, describe, it } from "@effect/vitest"
import { operationOf } from "../../src/internal/operationNames.ts"

describe("the operation of a request", () => {
  it.each([
    ["POST", "/v1/tokens/", "Tokens.create"],
    ["GET", "/v1/tokens/", "Tokens.list"],
    ["DELETE", "/v1/tokens/", "Tokens.deleteList"],
    ["GET", "/v1/tokens/42/", "Tokens.get"],
    ["PATCH", "/v1/tokens/abc/", "Tokens.update"],
    ["PUT", "/v1/tokens/abc/", "Tokens.update"],
    ["DELETE", "/v1/tokens/a%2Fb/", "Tokens.delete"],
    ["POST", "/v1/streams/tokens/", "StreamTokens.create"],
    ["DELETE", "/v1/streams/tokens/42/", "StreamTokens.delete"],
    ["GET", "/behind/a/gateway/v1/tokens/", "Tokens.list"],
    ["GET", "/v1/tokens", undefined],
    ["GET", "/v1/tokens/42", undefined],
    ["GET", "/v1/tokens/42/more/", undefined],
    ["GET", "/gov1/tokens/", undefined],
    ["PATCH", "/v1/tokens/", undefined],
    ["HEAD", "/v1/tokens/", undefined],
    ["constructor", "/v1/tokens/", undefined],
    ["GET", "/openapi.json", undefined],
  ] as const)("%s %s is %s", (method, path, operation) => {
    assert.strictEqual(operationOf(method, path), operation)
  })
})
