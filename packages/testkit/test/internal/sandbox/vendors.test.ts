import { assert, describe, it } from "@effect/vitest"
import { pathnameOf } from "../../../src/internal/sandbox/request.ts"
import { callAt, methodsAt, requestOf, wireAt } from "../../../src/internal/sandbox/vendors.ts"

describe("the operation of a request, wherever it goes", () => {
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
    ["POST", "/umaaas/v1/tokens", "ApiTokens.create"],
    ["GET", "/umaaas/v1/tokens", "ApiTokens.list"],
    ["GET", "/umaaas/v1/tokens/Token:1", "ApiTokens.get"],
    ["DELETE", "/umaaas/v1/tokens/Token%3A1", "ApiTokens.delete"],
    ["GET", "/a/newer/deployment/tokens", "ApiTokens.list"],
    ["GET", "/tokens", "ApiTokens.list"],
    ["PATCH", "/umaaas/v1/tokens/Token:1", undefined],
    ["DELETE", "/umaaas/v1/tokens", undefined],
    ["GET", "/umaaas/v1/mytokens", undefined],
    ["GET", "/v1/tokens/42/more/", undefined],
    ["GET", "/gov1/tokens/", undefined],
    ["PATCH", "/v1/tokens/", undefined],
    ["HEAD", "/v1/tokens/", undefined],
    ["constructor", "/v1/tokens/", undefined],
    ["GET", "/openapi.json", undefined],
  ] as const)("%s %s is %s", (method, path, operation) => {
    assert.strictEqual(requestOf(method, path)?.operation, operation)
  })
})

describe("a path of the sandbox", () => {
  it.each([
    ["/v1/tokens/", "Tokens.list", "GET, POST, DELETE"],
    ["/v1/streams/tokens/1/", "StreamTokens.get", "GET, PATCH, PUT, DELETE"],
    ["/umaaas/v1/tokens", "ApiTokens.list", "GET, POST"],
    ["/umaaas/v1/tokens/Token:1", "ApiTokens.get", "GET, DELETE"],
    ["/v1/tokens", undefined, undefined],
    ["/tokens", undefined, undefined],
    ["/umaaas/v1/tokens/", "ApiTokens.get", "GET, DELETE"],
    ["/behind/umaaas/v1/tokens", undefined, undefined],
    ["/umaaas/v1/v1/tokens/", undefined, undefined],
    ["/umaaas/v11/tokens", undefined, undefined],
    ["/umaaas/v1", undefined, undefined],
    ["http://sandbox/v1/tokens/", "Tokens.list", "GET, POST, DELETE"],
    ["/v%31/tokens/%2E/", "Tokens.get", "GET, PATCH, PUT, DELETE"],
    ["/v1/tokens/%ZZ/", undefined, "GET, PATCH, PUT, DELETE"],
    ["/v1/tokens/#abc/", undefined, "GET, PATCH, PUT, DELETE"],
    ["//sandbox/v1/tokens/", undefined, undefined],
  ] as const)("%s is %s", (path, operation, methods) => {
    assert.strictEqual(callAt("GET", path)?.operation, operation)
    assert.strictEqual(methodsAt(wireAt(path), pathnameOf(path))?.join(", "), methods)
  })
})
