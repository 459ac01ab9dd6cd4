/** Each rule of NeuroIO, put to the state machine by examples. The numbers are those of the specification. */
import { NeuroioRules } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"

const day = 24 * 60 * 60 * 1000

type Family = NeuroioRules.Family

/** A platform with an account, a space and a manager, and calls that read like sentences. */
const platform = (family: Family = "tokens") => {
  let now = 1_000_000
  let state = NeuroioRules.make(42)
  const addOwner = (kind: NeuroioRules.OwnerKind): NeuroioRules.Caller => {
    const [owner, next] = NeuroioRules.addOwner(state, kind)
    state = next
    return { _tag: "Owner", owner }
  }
  const account = addOwner("account")
  const space = addOwner("space")
  const manager = addOwner("manager")

  const as = (caller: NeuroioRules.Caller, inFamily: Family = family) => {
    const call =
      <Input, Output>(transition: NeuroioRules.Transition<Input, Output>) =>
      (input: Input): Output | NeuroioRules.ErrorResponse => {
        const [answer, next] = transition(state, now, caller, { ...input, family: inFamily })
        state = next
        return answer
      }
    const list = call(NeuroioRules.list)
    return {
      create: (permanent = false) => call(NeuroioRules.create)({ permanent }),
      list: (permanent: boolean | null = null, limit = 1000, offset = 0) => list({ permanent, limit, offset }),
      get: (token: number | string) => call(NeuroioRules.get)({ token }),
      update: (token: number | string, isActive: boolean) => call(NeuroioRules.update)({ token, isActive }),
      delete: (token: number | string) => call(NeuroioRules.delete)({ token }),
      deleteList: (permanent: boolean | null) => call(NeuroioRules.deleteList)({ permanent }),
      in: (other: Family) => as(caller, other),
    }
  }

  return {
    ...as(account),
    as,
    account,
    space,
    manager,
    withKey: (key: string | undefined) => as({ _tag: "Credential", key }, "tokens"),
    advance: (millis: number) => {
      now += millis
    },
    now: () => now,
    state: () => state,
  }
}

const granted = <A>(answer: A | NeuroioRules.ErrorResponse): A => {
  if (NeuroioRules.isErrorResponse(answer)) throw new Error(`refused with ${answer.status}: ${answer.message}`)
  return answer
}

const status = (answer: unknown): number | undefined =>
  NeuroioRules.isErrorResponse(answer) ? answer.status : undefined

const ids = (answer: ReadonlyArray<NeuroioRules.StoredToken> | NeuroioRules.ErrorResponse) =>
  granted(answer).map(({ id }) => id)

for (const family of ["tokens", "streamTokens"] as const) {
  const other = family === "tokens" ? "streamTokens" : "tokens"

  describe(`rules, for ${family}`, () => {
    it("N1: create without options makes a temporary token", () => {
      assert.isFalse(granted(platform(family).create()).permanent)
    })

    it("N2: a temporary token expires after 24 hours exactly, a permanent one never", () => {
      const p = platform(family)
      const temporary = granted(p.create())
      assert.strictEqual(temporary.created, p.now())
      assert.strictEqual(NeuroioRules.expiresAt(temporary), p.now() + day)
      assert.isNull(NeuroioRules.expiresAt(granted(p.create(true))))
    })

    it("N3: ids rise, and neither ids nor keys come again", () => {
      const p = platform(family)
      const all = [granted(p.create()), granted(p.create(true)), granted(p.as(p.space).create())]
      p.deleteList(null)
      all.push(granted(p.create()), granted(p.in(other).create()))
      const seen = all.map(({ id }) => id)
      assert.deepStrictEqual(
        seen,
        [...new Set(seen)].toSorted((a, b) => a - b),
      )
      assert.strictEqual(new Set(all.map(({ key }) => key)).size, all.length)
    })

    it("N4: a sixth permanent token is refused, by field, and changes nothing", () => {
      const p = platform(family)
      for (let i = 0; i < 5; i++) granted(p.create(true))
      const before = p.state()
      const refusal = p.create(true)
      assert.strictEqual(status(refusal), 400)
      assert.deepStrictEqual(NeuroioRules.isErrorResponse(refusal) && refusal.fields.map(({ name }) => name), [
        "permanent",
      ])
      assert.strictEqual(p.state(), before)
    })

    it("N5: inactive ones count, temporary ones do not, a deletion frees a slot, families and owners are apart", () => {
      const p = platform(family)
      for (let i = 0; i < 10; i++) granted(p.create())
      const permanent = Array.from({ length: 5 }, () => granted(p.create(true)))
      const [first] = permanent
      granted(p.update(first?.id ?? 0, false))
      assert.strictEqual(status(p.create(true)), 400)
      granted(p.in(other).create(true))
      granted(p.as(p.space).create(true))
      granted(p.delete(first?.id ?? 0))
      granted(p.create(true))
      assert.strictEqual(status(p.create(true)), 400)
    })

    it("N6: list gives what matches, in order, sliced; limits and offsets that are none are refused", () => {
      const p = platform(family)
      const made = [false, true, false, false, true].map((permanent) => granted(p.create(permanent)).id)
      granted(p.as(p.space).create())
      assert.deepStrictEqual(ids(p.list()), made)
      assert.deepStrictEqual(ids(p.list(null, 2, 1)), made.slice(1, 3))
      assert.deepStrictEqual(ids(p.list(true)), [made[1], made[4]])
      assert.deepStrictEqual(ids(p.list(false, 2, 1)), [made[2], made[3]])
      assert.deepStrictEqual(ids(p.list(null, 20, 5)), [])
      assert.deepStrictEqual(ids(p.list(null, 20, 5000)), [])
      for (const [limit, offset, field] of [
        [0, 0, "limit"],
        [-1, 0, "limit"],
        [1.5, 0, "limit"],
        [1, -1, "offset"],
        [1, 0.5, "offset"],
        [1, Number.NaN, "offset"],
      ] as const) {
        const refusal = p.list(null, limit, offset)
        assert.strictEqual(status(refusal), 400)
        assert.deepStrictEqual(NeuroioRules.isErrorResponse(refusal) && refusal.fields.map(({ name }) => name), [field])
      }
    })

    it("N7, N8: pages put together are the list, and the filters partition it", () => {
      const p = platform(family)
      for (let i = 0; i < 100; i++) granted(p.create(i % 25 === 3))
      const all = ids(p.list())
      for (const size of [1, 3, 7, 33, 100]) {
        const pages = Array.from({ length: Math.ceil(100 / size) }, (_, i) => ids(p.list(null, size, i * size)))
        assert.deepStrictEqual(pages.flat(), all)
      }
      const parts = [...ids(p.list(true)), ...ids(p.list(false))]
      assert.deepStrictEqual(
        parts.toSorted((a, b) => a - b),
        all,
      )
      assert.strictEqual(ids(p.list(true)).length, 4)
    })

    it("N9: by id, by key and in the list it is the same token", () => {
      const p = platform(family)
      const token = granted(p.create())
      assert.deepStrictEqual(p.get(token.id), token)
      assert.deepStrictEqual(p.get(token.key), token)
      assert.deepStrictEqual(p.list(), [token])
    })

    it("N10: update changes whether it is active, nothing else, at once, and again the same", () => {
      const p = platform(family)
      const token = granted(p.create())
      p.advance(1000)
      for (const isActive of [false, false, true]) {
        assert.deepStrictEqual(p.update(token.key, isActive), { ...token, isActive })
        assert.deepStrictEqual(p.get(token.id), { ...token, isActive })
        assert.deepStrictEqual(p.list(), [{ ...token, isActive }])
      }
    })

    it("N11: delete removes that one token, and then it is not found", () => {
      const p = platform(family)
      const [kept, gone] = [granted(p.create()), granted(p.create())]
      assert.isNull(p.delete(gone.key))
      assert.deepStrictEqual(ids(p.list()), [kept.id])
      for (const ref of [gone.id, gone.key]) {
        assert.strictEqual(status(p.get(ref)), 404)
        assert.strictEqual(status(p.update(ref, true)), 404)
        assert.strictEqual(status(p.delete(ref)), 404)
      }
    })

    it("N12: deleteList deletes what its filter says, and nothing of another family or owner", () => {
      for (const filter of [true, false, null]) {
        const p = platform(family)
        const made = [false, true, false, true].map((permanent) => granted(p.create(permanent)))
        const elsewhere = [granted(p.in(other).create(true)).id, granted(p.in(other).create()).id]
        const foreign = [granted(p.as(p.space).create(true)).id, granted(p.as(p.space).create()).id]
        assert.isNull(p.deleteList(filter))
        const kept = made.filter((token) => filter !== null && token.permanent !== filter).map(({ id }) => id)
        assert.deepStrictEqual(ids(p.list()), kept)
        assert.deepStrictEqual(ids(p.in(other).list()), elsewhere)
        assert.deepStrictEqual(ids(p.as(p.space).list()), foreign)
        assert.isNull(p.deleteList(filter))
      }
    })

    it("N14: an expired token stays listed until it is deleted", () => {
      const p = platform(family)
      const token = granted(p.create())
      p.advance(day * 10)
      assert.deepStrictEqual(p.list(), [token])
      assert.isNull(p.delete(token.id))
      assert.deepStrictEqual(p.list(), [])
    })

    it("N16: another owner's token is not found, by id and by key", () => {
      const p = platform(family)
      const token = granted(p.create())
      const foreign = p.as(p.space)
      for (const ref of [token.id, token.key]) {
        assert.strictEqual(status(foreign.get(ref)), 404)
        assert.strictEqual(status(foreign.update(ref, false)), 404)
        assert.strictEqual(status(foreign.delete(ref)), 404)
        assert.strictEqual(status(p.in(other).get(ref)), 404)
      }
      assert.deepStrictEqual(p.get(token.id), token)
    })
  })
}

describe("rules of credentials", () => {
  it("N13: a token works until 24 hours after its creation, exclusive", () => {
    const p = platform()
    const token = granted(p.create())
    granted(p.withKey(token.key).list())
    p.advance(day - 1)
    granted(p.withKey(token.key).list())
    p.advance(1)
    assert.strictEqual(status(p.withKey(token.key).list()), 401)
  })

  it("N13: a permanent one goes on; inactive, deleted and unknown ones do not work", () => {
    const p = platform()
    const token = granted(p.create(true))
    p.advance(day * 1000)
    granted(p.withKey(token.key).list())
    granted(p.update(token.id, false))
    assert.strictEqual(status(p.withKey(token.key).list()), 401)
    granted(p.update(token.id, true))
    granted(p.withKey(token.key).list())
    p.delete(token.id)
    assert.strictEqual(status(p.withKey(token.key).list()), 401)
    for (const key of [undefined, "", "abcd"]) assert.strictEqual(status(p.withKey(key).list()), 401)
  })

  it("a key that was tampered with is unknown, as a credential and as a reference, wherever it was changed", () => {
    const p = platform()
    const tokens = [granted(p.create()), granted(p.create(true)), granted(p.as(p.space).create())]
    const owner = NeuroioRules.ownerKey(p.state(), 1)
    for (const key of [...tokens.map((token) => token.key), owner]) {
      for (let i = 0; i < key.length; i++) {
        const forged = key.slice(0, i) + (key[i] === "0" ? "1" : "0") + key.slice(i + 1)
        assert.strictEqual(status(p.withKey(forged).list()), 401)
        assert.strictEqual(status(p.get(forged)), 404)
      }
      assert.strictEqual(status(p.withKey(key.toUpperCase()).list()), 401)
    }
  })

  it("a stream token is no credential here", () => {
    const p = platform()
    assert.strictEqual(status(p.withKey(granted(p.in("streamTokens").create()).key).list()), 401)
  })

  it("N15: a manager has tokens, but no stream tokens", () => {
    const p = platform()
    const manager = p.as(p.manager)
    const token = granted(manager.create())
    const streams = p.withKey(token.key).in("streamTokens")
    for (const answer of [
      streams.create(),
      streams.list(),
      streams.get(1),
      streams.update(1, true),
      streams.delete(1),
      streams.deleteList(null),
      manager.in("streamTokens").list(),
    ]) {
      assert.strictEqual(status(answer), 403)
    }
  })

  it("N17: a deleteList that removes the caller's own credential shuts it out", () => {
    for (const [permanent, filter, shutOut] of [
      [false, false, true],
      [false, null, true],
      [false, true, false],
      [true, true, true],
      [true, null, true],
      [true, false, false],
    ] as const) {
      const p = platform()
      const caller = p.withKey(granted(p.create(permanent)).key)
      assert.isNull(caller.deleteList(filter))
      assert.strictEqual(status(caller.list()), shutOut ? 401 : undefined)
      granted(p.list())
    }
  })

  it("an owner's own credential is no token of it", () => {
    const p = platform()
    const key = NeuroioRules.ownerKey(p.state(), 1)
    assert.deepStrictEqual(p.withKey(key).list(), [])
    assert.isNull(p.withKey(key).deleteList(null))
    p.advance(day * 1000)
    granted(p.withKey(key).create())
    assert.strictEqual(status(p.get(key)), 404)
    assert.strictEqual(status(p.withKey(NeuroioRules.ownerKey(p.state(), 99)).list()), 401)
  })

  it("N18: a refusal leaves the state as it was, and no state is ever changed", () => {
    const p = platform()
    const token = granted(p.create())
    const before = p.state()
    for (const refused of [
      p.get(999),
      p.update(999, true),
      p.delete("abcd"),
      p.list(null, 0),
      p.withKey("x").create(),
    ]) {
      assert.isTrue(NeuroioRules.isErrorResponse(refused))
    }
    assert.strictEqual(p.state(), before)
    p.deleteList(null)
    const [kept] = NeuroioRules.get(before, p.now(), p.account, { family: "tokens", token: token.id })
    assert.deepStrictEqual(kept, token)
  })
})
