/** The model of API tokens: which orders of calls the search must find, and which not. */
import { ApiToken, ApiTokenId, ApiTokenPage, type KnownPermission } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import { linearize, type Operation } from "../../../../src/internal/laws/linearize.ts"
import {
  apiTokenSpecification,
  type ModelCall,
  modelOf,
  type Observed,
} from "../../../../src/umaaas/internal/laws/model.ts"

const account = { caller: "account" } as const

const create = (caller: ModelCall["caller"] = "account"): ModelCall => ({
  caller,
  do: "create",
  name: "a",
  permissions: ["MANAGE"],
})
const list = (limit = 100, cursor?: string): ModelCall => ({ ...account, do: "list", filters: {}, limit, cursor })
const get = (number: number): ModelCall => ({ ...account, do: "get", id: ApiTokenId.make(`Token:${number}`) })
const remove = (number: number, caller: ModelCall["caller"] = "account"): ModelCall => ({
  caller,
  do: "delete",
  id: ApiTokenId.make(`Token:${number}`),
})
const holder = (number: number) => ({ clientId: `id ${number}`, clientSecret: `secret ${number}` })

const permissions: ReadonlyArray<KnownPermission> = ["MANAGE"]

const token = (number: number, shown = false): ApiToken =>
  new ApiToken({
    id: ApiTokenId.make(`Token:${number}`),
    name: "a",
    permissions,
    clientId: `id ${number}`,
    clientSecret: shown ? Redacted.make(`secret ${number}`) : undefined,
    createdAt: DateTime.makeUnsafe(0),
    updatedAt: DateTime.makeUnsafe(0),
  })

const made = (number: number): Observed => ({ _tag: "Token", token: token(number, true) })
const shown = (number: number): Observed => ({ _tag: "Token", token: token(number) })
const page = (numbers: ReadonlyArray<number>, next?: string, totalCount?: number): Observed => ({
  _tag: "Page",
  page: new ApiTokenPage({
    data: numbers.map((number) => token(number)),
    hasMore: next !== undefined,
    nextCursor: next,
    totalCount,
  }),
})
const done: Observed = { _tag: "Done" }
const refused = (error: string): Observed => ({ _tag: "Error", error })

type Call = Operation<ModelCall, Observed>

const at = (began: number, ended: number, call: ModelCall, observed: Observed | undefined): Call => ({
  call,
  observed,
  began,
  ended,
})

/** Begun, and never answered. */
const open = (began: number, call: ModelCall) => at(began, Number.POSITIVE_INFINITY, call, undefined)

/** Three tokens, one after another. */
const three = [1, 2, 3].map((number) => at(number * 2 - 20, number * 2 - 19, create(), made(number)))

const histories: ReadonlyArray<readonly [name: string, legal: boolean, operations: ReadonlyArray<Call>]> = [
  ["nothing at all", true, []],
  ["a create, and a list that has it", true, [at(0, 1, create(), made(1)), at(2, 3, list(), page([1]))]],
  ["a list that shows a secret", false, [at(0, 1, create(), made(1)), at(2, 3, get(1), made(1))]],
  ["a create that shows none", false, [at(0, 1, create(), shown(1))]],
  ["two creates with one id", false, [at(0, 3, create(), made(1)), at(1, 2, create(), made(1))]],
  ["a list at once with a create may miss it", true, [at(0, 3, create(), made(1)), at(1, 2, list(), page([]))]],
  ["a list after it may not", false, [at(0, 1, create(), made(1)), at(2, 3, list(), page([]))]],
  [
    "pages that are put together",
    true,
    [...three, at(0, 1, list(2), page([1, 2], "x", 3)), at(2, 3, list(2, "x"), page([3]))],
  ],
  ["a page that says there is no more, when there is", false, [...three, at(0, 1, list(2), page([1, 2]))]],
  ["a total that is too small", false, [...three, at(0, 1, list(2), page([1, 2], "x", 2))]],
  ["a platform that does not count", true, [...three, at(0, 1, list(2), page([1, 2], "x"))]],
  [
    "a cursor after a token that is gone by now",
    true,
    [...three, at(0, 1, list(2), page([1, 2], "x")), at(2, 3, remove(2), done), at(4, 5, list(2, "x"), page([3]))],
  ],
  [
    "a cursor that skips because of it",
    false,
    [...three, at(0, 1, list(1), page([1], "x")), at(2, 3, remove(1), done), at(4, 5, list(1, "x"), page([3]))],
  ],
  ["a cursor that no page gave", true, [...three, at(0, 1, list(1, "y"), refused("BadRequest"))]],
  ["a cursor that no page gave, followed", false, [...three, at(0, 1, list(1, "y"), page([1], "z"))]],
  ["two deletions at once, both done", false, [...three, at(0, 3, remove(1), done), at(1, 2, remove(1), done)]],
  ["one of them not found", true, [...three, at(0, 3, remove(1), done), at(1, 2, remove(1), refused("NotFound"))]],
  [
    "two tokens that delete each other at once: one is not let in",
    true,
    [...three, at(0, 3, remove(2, holder(1)), done), at(1, 2, remove(1, holder(2)), refused("Unauthorized"))],
  ],
  ["both are let in", false, [...three, at(0, 3, remove(2, holder(1)), done), at(1, 2, remove(1, holder(2)), done)]],
  [
    "neither is",
    false,
    [
      ...three,
      at(0, 3, remove(2, holder(1)), refused("Unauthorized")),
      at(1, 2, remove(1, holder(2)), refused("Unauthorized")),
    ],
  ],
  [
    "a create by a token that is deleted at once, which is seen after it",
    true,
    [...three, at(0, 3, create(holder(1)), made(4)), at(1, 2, remove(1), done), at(4, 5, list(), page([2, 3, 4]))],
  ],
  [
    "which is not there yet when a list after the deletion is read, and then is",
    false,
    [
      ...three,
      at(0, 7, create(holder(1)), made(4)),
      at(1, 2, remove(1), done),
      at(3, 4, list(), page([2, 3])),
      at(8, 9, list(), page([2, 3, 4])),
    ],
  ],
  ["a create without an answer that never took effect", true, [open(0, create()), at(1, 2, list(), page([]))]],
  ["one that took effect", true, [open(0, create()), at(1, 2, list(), page([1]))]],
  ["one that came and went", false, [open(0, create()), at(1, 2, list(), page([1])), at(3, 4, list(), page([]))]],
  ["one that made two", false, [open(0, create()), at(1, 2, list(), page([1, 2]))]],
  [
    "a deletion without an answer, which took effect between two lists",
    true,
    [...three, open(0, remove(2)), at(1, 2, list(), page([1, 2, 3])), at(3, 4, list(), page([1, 3]))],
  ],
]

describe("an order of calls of API tokens", () => {
  it.each(histories)("%s: %s", (_name, legal, operations) => {
    const result = linearize(apiTokenSpecification, modelOf([], undefined), operations)
    assert.strictEqual(result._tag, legal ? "Legal" : "Illegal")
  })
})
