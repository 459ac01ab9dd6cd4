/** The platform of the tests, and calls of others on it. */
import { type TokenKey, type TokenOperations, Tokens } from "@effect-tokens/core"
import { Faults, Journal, NeuroioControl, NeuroioMemory } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"

/** The journal is below the faults: it records the calls that reached the platform, and their true results. */
export const platform = (plan: Faults.Plan) =>
  NeuroioMemory.layer.pipe(Journal.record({ capacity: 100_000 }), Faults.inject(plan))

/** Makes a call of somebody else with the same account, or as the holder of a key, past the faults and the journal. */
export const elsewhere = <A, E>(
  call: (tokens: TokenOperations.TokenOperations) => Effect.Effect<A, E>,
  key?: TokenKey,
) =>
  Effect.flatMap(NeuroioControl.NeuroioControl, (control) =>
    Effect.provide(Effect.flatMap(Tokens, call), control.as(key ?? control.account)),
  )

export const authenticates = (key: TokenKey) => Effect.isSuccess(elsewhere((tokens) => tokens.list(), key))
