/** The rules of UMAaaS where the laws cannot look: what the client refuses before, order of checks, kept states, many tokens. */
import { UmaaasRules } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"

type Caller = UmaaasRules.Caller
type State = UmaaasRules.State
type Stored = UmaaasRules.StoredApiToken

/** A platform, and calls that read like sentences. */
const platform = (seed = 42) => {
  let now = 1_000_000
  let [first, state] = UmaaasRules.make(seed, now)
  const as = (caller: Caller) => {
    const call =
      <Input, Output>(transition: UmaaasRules.Transition<Input, Output>) =>
      (input: Input): Output | UmaaasRules.ErrorResponse => {
        const [answer, next] = transition(state, now, caller, input)
        state = next
        return answer
      }
    const list = call(UmaaasRules.list)
    const get = call(UmaaasRules.get)
    const deleteOne = call(UmaaasRules.delete)
    const create = call(UmaaasRules.create)
    return {
      create: (name = "a", permissions: ReadonlyArray<string> = ["VIEW"]) => create({ name, permissions }),
      list: (filters: UmaaasRules.Filters = {}, limit = 100, cursor?: string) => list({ ...filters, limit, cursor }),
      get: (id: string) => get({ id }),
      delete: (id: string) => deleteOne({ id }),
    }
  }
  return {
    ...as(first),
    as,
    first,
    advance: (millis: number) => {
      now += millis
    },
    state: () => state,
    restore: (kept: State) => {
      state = { ...kept, nextNumber: state.nextNumber }
    },
  }
}

const granted = <A>(answer: A | UmaaasRules.ErrorResponse): A => {
  if (UmaaasRules.isErrorResponse(answer)) throw new Error(`refused with ${answer.status}: ${answer.message}`)
  return answer
}

const refusal = (answer: unknown) =>
  UmaaasRules.isErrorResponse(answer) ? `${answer.status} ${answer.code}` : "no refusal"

const data = (answer: UmaaasRules.Page | UmaaasRules.ErrorResponse) => granted(answer).data

describe("what the client refuses, the platform refuses as well", () => {
  it.each([0, 101, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("U4: a limit of %s", (limit) => {
    assert.strictEqual(refusal(platform().list({}, limit)), "400 INVALID_INPUT")
  })

  it.each([["", ["VIEW"]] as const, ["a", []] as const, ["a", ["ADMIN"]] as const, ["a", ["VIEW", "view"]] as const])(
    "U11: a create of %j with %j, which changes nothing",
    (name, permissions) => {
      const p = platform()
      const before = p.state()
      assert.strictEqual(refusal(p.create(name, permissions)), "400 INVALID_INPUT")
      assert.strictEqual(p.state(), before)
    },
  )

  it("U11: a permission that is asked for twice is had once", () => {
    assert.deepStrictEqual(granted(platform().create("a", ["VIEW", "MANAGE", "VIEW"])).permissions, ["VIEW", "MANAGE"])
  })
})

describe("what is looked at first", () => {
  it("U9, U10: who calls, before what is asked for", () => {
    const p = platform()
    const viewer = granted(p.create("viewer", ["VIEW"]))
    const payer = granted(p.create("payer", ["TRANSACT"]))
    const unknown = "Token:00000000-0000-0000-0000-000000000000"
    for (const nobody of [undefined, { clientId: "", clientSecret: "" }, { ...viewer, clientSecret: "" }]) {
      const as = p.as(nobody)
      for (const answer of [as.create(""), as.list({}, 0), as.get(unknown), as.delete(unknown)]) {
        assert.strictEqual(refusal(answer), "401 UNAUTHORIZED")
      }
    }
    for (const answer of [p.as(viewer).create(""), p.as(viewer).delete(unknown)]) {
      assert.strictEqual(refusal(answer), "403 FORBIDDEN")
    }
    for (const answer of [p.as(payer).list({}, 0), p.as(payer).list({}, 1, "forged"), p.as(payer).get(unknown)]) {
      assert.strictEqual(refusal(answer), "403 FORBIDDEN")
    }
  })

  it("a refusal leaves the state as it was", () => {
    const p = platform()
    const before = p.state()
    for (const answer of [p.list({}, 1, "forged"), p.get("Token:1"), p.delete("Token:1"), p.as(undefined).create()]) {
      assert.isTrue(UmaaasRules.isErrorResponse(answer))
    }
    assert.strictEqual(p.state(), before)
  })
})

describe("ids and credentials", () => {
  it("look as the vendor's do, and follow from the seed", () => {
    const [one, same, other] = [platform(1), platform(1), platform(2)].map((p) => granted(p.create()))
    assert.match(one?.id ?? "", /^Token:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    assert.deepStrictEqual(one, same)
    for (const field of ["id", "clientId", "clientSecret"] as const) {
      assert.notStrictEqual(one?.[field], other?.[field], field)
    }
  })

  it("U2, U8: neither comes again with a state that is gone back to", () => {
    const p = platform()
    const kept = p.state()
    const lost = granted(p.create("lost", ["MANAGE"]))
    p.restore(kept)
    assert.strictEqual(refusal(p.get(lost.id)), "404 TOKEN_NOT_FOUND")
    assert.strictEqual(refusal(p.as(lost).list()), "401 UNAUTHORIZED")
    const next = granted(p.create("next", ["MANAGE"]))
    assert.notStrictEqual(next.id, lost.id)
    assert.strictEqual(refusal(p.as(lost).list()), "401 UNAUTHORIZED")
  })

  it("U4: a cursor of another platform is none", () => {
    const [one, other] = [platform(1), platform(2)]
    for (const p of [one, other]) p.create()
    const { nextCursor } = granted(one.list({}, 1))
    assert.lengthOf(data(one.list({}, 1, nextCursor)), 1)
    assert.strictEqual(refusal(other.list({}, 1, nextCursor)), "400 INVALID_INPUT")
  })

  it("U8: the first token may delete itself, and then nobody gets in", () => {
    const p = platform()
    granted(p.delete(p.first.id))
    assert.strictEqual(refusal(p.list()), "401 UNAUTHORIZED")
    assert.deepStrictEqual(UmaaasRules.tokens(p.state()), [])
  })
})

describe("filters and pages", () => {
  it("U3: times that cross leave nothing, and no page goes wrong by it", () => {
    const p = platform()
    const at: Array<number> = []
    for (let i = 0; i < 4; i++) {
      p.advance(10)
      at.push(granted(p.create()).createdAt)
    }
    const [, second = 0, third = 0] = at
    const page = granted(p.list({ createdAfter: third, createdBefore: second }))
    assert.deepStrictEqual(page, { data: [], hasMore: false, nextCursor: undefined, totalCount: 0 })
    assert.lengthOf(data(p.list({ createdAfter: second, updatedBefore: second })), 1)
    assert.lengthOf(data(p.list({ createdAfter: second, updatedAfter: third })), 2)
  })

  it("U6: time does not go back in the list, even where the platform's did", () => {
    const p = platform()
    p.advance(1000)
    p.create()
    p.advance(-2000)
    const times = [...data(p.list()), granted(p.create())].map(({ createdAt }) => createdAt)
    assert.deepStrictEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
  })

  it("are those of a plain array, whatever was created and deleted before", () => {
    const change = fc.oneof(
      { weight: 3, arbitrary: fc.record({ name: fc.constantFrom("a", "b", "c"), wait: fc.nat({ max: 2 }) }) },
      { weight: 2, arbitrary: fc.record({ gone: fc.nat({ max: 50 }) }) },
    )
    const time = fc.option(fc.integer({ min: 999_998, max: 1_000_060 }), { nil: undefined })
    const query = fc.record({
      name: fc.constantFrom("a", "b", "d", undefined),
      createdAfter: time,
      createdBefore: time,
      updatedAfter: time,
      updatedBefore: time,
      size: fc.integer({ min: 1, max: 7 }),
    })
    const fits = (filters: UmaaasRules.Filters) => (token: Stored) =>
      (filters.name === undefined || token.name === filters.name) &&
      token.createdAt >= Math.max(filters.createdAfter ?? 0, filters.updatedAfter ?? 0) &&
      token.createdAt <= Math.min(filters.createdBefore ?? Infinity, filters.updatedBefore ?? Infinity)

    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.array(query, { minLength: 3 }), (changes, queries) => {
        const p = platform()
        let plain: ReadonlyArray<Stored> = [p.first]
        for (const change of changes) {
          if ("gone" in change) {
            // The first one is kept: somebody must call.
            const token = plain[1 + (change.gone % Math.max(1, plain.length - 1))]
            if (token === undefined) continue
            granted(p.delete(token.id))
            plain = plain.filter((other) => other !== token)
          } else {
            p.advance(change.wait)
            plain = [...plain, granted(p.create(change.name))]
          }
        }
        assert.deepStrictEqual(UmaaasRules.tokens(p.state()), plain)
        for (const { size, ...filters } of queries) {
          const expected = plain.filter(fits(filters))
          const read: Array<Stored> = []
          let cursor: string | undefined
          do {
            const page: UmaaasRules.Page = granted(p.list(filters, size, cursor))
            read.push(...page.data)
            assert.strictEqual(page.totalCount, expected.length)
            assert.strictEqual(page.hasMore, read.length < expected.length)
            assert.strictEqual(page.nextCursor !== undefined, page.hasMore)
            cursor = page.nextCursor
          } while (cursor !== undefined)
          assert.deepStrictEqual(read, expected)
        }
      }),
    )
  })
})
