/** The search for an order: what it must find, and what it must not. */
import { Token, TokenId } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import * as Linearize from "../../../src/internal/laws/linearize.ts"
import {
  type Model,
  type ModelCall,
  type Observed,
  tokenSpecification,
} from "../../../src/neuroio/internal/laws/model.ts"

type Operation = Linearize.Operation<ModelCall, Observed>

const linearize = (model: Model, operations: ReadonlyArray<Operation>) =>
  Linearize.linearize(tokenSpecification, model, operations)

const empty: Model = { now: 0, owners: ["account"], tokens: [], highestId: { tokens: 0, streamTokens: 0 } }

const from = { caller: 0, family: "tokens" } as const
const create = (permanent = true): ModelCall => ({ ...from, do: "create", permanent })
const list: ModelCall = { ...from, do: "list", permanent: null, limit: 100, offset: 0 }
const remove = (token: number): ModelCall => ({ ...from, do: "delete", token })
const update = (token: number, isActive: boolean): ModelCall => ({ ...from, do: "update", token, isActive })
const get = (token: number): ModelCall => ({ ...from, do: "get", token })

const token = (id: number, isActive = true): Token =>
  new Token({
    id: TokenId.make(id),
    key: Redacted.make(`key ${id}`),
    isActive,
    created: DateTime.makeUnsafe(0),
    expires: null,
  })

const gave = (...tokens: ReadonlyArray<Token>): Observed => ({ _tag: "Tokens", tokens })
const done: Observed = { _tag: "Done" }
const refused = (error: string): Observed => ({ _tag: "Error", error })

const at = (began: number, ended: number, call: ModelCall, observed: Observed | undefined): Operation => ({
  call,
  observed,
  began,
  ended,
})

/** Begun, and never answered. */
const open = (began: number, call: ModelCall) => at(began, Number.POSITIVE_INFINITY, call, undefined)

const sixAtOnce = (answers: ReadonlyArray<Observed>) => answers.map((answer, i) => at(i, 10 + i, create(), answer))

const cap = refused("PermanentTokenLimitReached")

const histories: ReadonlyArray<readonly [name: string, legal: boolean, operations: ReadonlyArray<Operation>]> = [
  ["nothing at all", true, []],
  ["one after another", true, [at(0, 1, create(), gave(token(1))), at(2, 3, list, gave(token(1)))]],
  ["a list that misses what was made before it", false, [at(0, 1, create(), gave(token(1))), at(2, 3, list, gave())]],
  ["a list at once with a create may miss it", true, [at(0, 3, create(), gave(token(1))), at(1, 2, list, gave())]],
  ["or have it", true, [at(0, 3, create(), gave(token(1))), at(1, 2, list, gave(token(1)))]],
  [
    "ids that fall between two calls, one after the other",
    false,
    [at(0, 1, create(), gave(token(2))), at(2, 3, create(), gave(token(1)))],
  ],
  ["ids of calls at once, either way", true, [at(0, 3, create(), gave(token(2))), at(1, 2, create(), gave(token(1)))]],
  [
    "six permanent ones at once, of which one is refused",
    true,
    sixAtOnce([1, 2, 3, 4, 5].map((id) => gave(token(id))).concat(cap)),
  ],
  ["six permanent ones at once, none refused", false, sixAtOnce([1, 2, 3, 4, 5, 6].map((id) => gave(token(id))))],
  ["a refusal with a place free", false, sixAtOnce([gave(token(1)), cap])],
  [
    "two deletions of one token, both done",
    false,
    [at(0, 1, create(), gave(token(1))), at(2, 5, remove(1), done), at(3, 4, remove(1), done)],
  ],
  [
    "an update that is not seen by a later get",
    false,
    [
      at(0, 1, create(), gave(token(1))),
      at(2, 3, update(1, false), gave(token(1, false))),
      at(4, 5, get(1), gave(token(1))),
    ],
  ],
  [
    "two gets at once with an update, the later one sees less",
    false,
    [
      at(0, 1, create(), gave(token(1))),
      at(2, 9, update(1, false), gave(token(1, false))),
      at(3, 4, get(1), gave(token(1, false))),
      at(5, 6, get(1), gave(token(1))),
    ],
  ],
  ["a create without an answer that never took effect", true, [open(0, create()), at(1, 2, list, gave())]],
  ["one that took effect", true, [open(0, create()), at(1, 2, list, gave(token(1)))]],
  ["one that took effect late", true, [open(0, create()), at(1, 2, list, gave()), at(3, 4, list, gave(token(1)))]],
  ["one that came and went", false, [open(0, create()), at(1, 2, list, gave(token(1))), at(3, 4, list, gave())]],
  ["one that was not yet asked for", false, [at(0, 1, list, gave(token(1))), open(2, create())]],
  ["one that made two", false, [open(0, create()), at(1, 2, list, gave(token(1), token(2)))]],
  [
    "one that came first, and is seen when the token after it is gone",
    true,
    [open(0, create()), at(1, 2, create(), gave(token(2))), at(3, 4, remove(2), done), at(5, 6, list, gave(token(1)))],
  ],
  [
    "one whose id was there before",
    false,
    [at(0, 1, create(), gave(token(2))), open(2, create()), at(3, 4, list, gave(token(2), token(1)))],
  ],
  [
    "a deletion without an answer, which took effect between two lists",
    true,
    [at(0, 1, create(), gave(token(1))), open(2, remove(1)), at(3, 4, list, gave(token(1))), at(5, 6, list, gave())],
  ],
]

describe("an order of calls", () => {
  it.each(histories)("%s: %s", (_name, legal, operations) => {
    const result = linearize(empty, operations)
    assert.strictEqual(result._tag, legal ? "Legal" : "Illegal", JSON.stringify(result))
  })

  it("is found in no time where many calls overlap", () => {
    const many = Array.from({ length: 14 }, (_, i) =>
      at(i, 100 + i, update(1, i % 2 === 0), gave(token(1, i % 2 === 0))),
    )
    const first = at(-2, -1, create(), gave(token(1)))
    assert.strictEqual(linearize(empty, [first, ...many])._tag, "Legal")
    // No order leaves it so: without what it has seen, the search would go through 14! of them.
    const wrong = at(200, 201, list, gave())
    assert.strictEqual(linearize(empty, [first, ...many, wrong])._tag, "Illegal")
  })
})
