/** Subjects for NeuroIO in memory: one owner with many tokens. */
import { TokenId, type TokenOperations, Tokens } from "@effect-tokens/core"
import { NeuroioMemory, NeuroioRules } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import * as Growth from "./growth.ts"

const family = "tokens"

interface Subject extends Growth.Subject {
  readonly state: NeuroioRules.State
  /** The same, with the five permanent tokens that an owner may have (N4) after all temporary ones. */
  readonly withPermanent: NeuroioRules.State
  readonly caller: NeuroioRules.Caller
  readonly service: TokenOperations.TokenOperations
  readonly keys: ReadonlyArray<string>
}

const granted = <A>(answer: A | NeuroioRules.ErrorResponse): A => {
  if (NeuroioRules.isErrorResponse(answer)) throw new Error(answer.message)
  return answer
}

export const makeSubject = Effect.fn(function* (size: number) {
  const service = yield* Tokens
  yield* Effect.replicateEffect(service.create(), size, { discard: true })
  const [owner, empty] = NeuroioRules.addOwner(NeuroioRules.make(0), "account")
  const caller: NeuroioRules.Caller = { _tag: "Owner", owner }
  const keys: Array<string> = []
  let state = empty
  for (let i = 0; i < size; i++) {
    const [token, next] = NeuroioRules.create(state, 0, caller, { family, permanent: false })
    keys.push(granted(token).key)
    state = next
  }
  let withPermanent = state
  for (let i = 0; i < 5; i++) {
    const [token, next] = NeuroioRules.create(withPermanent, 0, caller, { family, permanent: true })
    granted(token)
    withPermanent = next
  }
  return { size, state, withPermanent, caller, service, keys }
}, Effect.provide(NeuroioMemory.layer))

/** The id of a token, counted from 1. */
const pick = (i: number, size: number): number => Growth.pick(i, size) + 1

/** A measure. Its changes are dropped with the state that it makes. */
type Measure = Growth.Measure<Subject>

const at =
  (place: (i: number, size: number) => number): Measure =>
  ({ caller, size, state }, calls) => {
    for (let i = 0; i < calls; i++) {
      const input = { family, permanent: null, limit: 20, offset: place(i, size) } as const
      granted(NeuroioRules.list(state, 0, caller, input)[0])
    }
  }

const deleteList =
  (permanent: boolean | null): Measure =>
  ({ caller, withPermanent }, calls) => {
    for (let i = 0; i < calls; i++) {
      granted(NeuroioRules.deleteList(withPermanent, 0, caller, { family, permanent })[0])
    }
  }

export const measures: Readonly<Record<string, Measure>> = {
  "get by id": ({ caller, size, state }, calls) => {
    for (let i = 0; i < calls; i++) {
      granted(NeuroioRules.get(state, 0, caller, { family, token: pick(i, size) })[0])
    }
  },
  "get by key": ({ caller, keys, size, state }, calls) => {
    for (let i = 0; i < calls; i++) {
      granted(NeuroioRules.get(state, 0, caller, { family, token: keys[pick(i, size) - 1] ?? "" })[0])
    }
  },
  "get by id, as a token": ({ keys, size, state }, calls) => {
    for (let i = 0; i < calls; i++) {
      const caller = { _tag: "Credential", key: keys[pick(i + 1, size) - 1] } as const
      granted(NeuroioRules.get(state, 0, caller, { family, token: pick(i, size) })[0])
    }
  },
  create: (subject, calls) => {
    let { state } = subject
    for (let i = 0; i < calls; i++) {
      const [token, next] = NeuroioRules.create(state, 0, subject.caller, { family, permanent: false })
      granted(token)
      state = next
    }
  },
  "delete one": (subject, calls) => {
    let { state } = subject
    for (let i = 0; i < Math.min(calls, subject.size); i++) {
      const [answer, next] = NeuroioRules.delete(state, 0, subject.caller, { family, token: pick(i, subject.size) })
      granted(answer)
      state = next
    }
  },
  "page of 20, first": at(() => 0),
  "page of 20, anywhere": at((i, size) => pick(i, size) - 1),
  "page of 20, last": at((_, size) => size - 20),
  "delete list, all temporary, none permanent": ({ caller, state }, calls) => {
    for (let i = 0; i < calls; i++) {
      granted(NeuroioRules.deleteList(state, 0, caller, { family, permanent: false })[0])
    }
  },
  "delete list, all temporary, 5 permanent stay": deleteList(false),
  "delete list, 5 permanent, all temporary stay": deleteList(true),
  "delete list, all": deleteList(null),
  "service: get": ({ service, size }, calls) => {
    Effect.runSync(
      Effect.gen(function* () {
        for (let i = 0; i < calls; i++) yield* service.get(TokenId.make(pick(i, size)))
      }),
    )
  },
  "service: page of 20, anywhere": ({ service, size }, calls) => {
    Effect.runSync(
      Effect.gen(function* () {
        for (let i = 0; i < calls; i++) yield* service.list({ limit: 20, offset: pick(i, size) - 1 })
      }),
    )
  },
  "service: create and delete": ({ service }, calls) => {
    Effect.runSync(
      Effect.gen(function* () {
        for (let i = 0; i < calls; i++) yield* service.delete((yield* service.create()).id)
      }),
    )
  },
}
