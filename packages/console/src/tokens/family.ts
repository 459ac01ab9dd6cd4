/** The two families of NeuroIO's tokens, and calls of one of them as one owner. */
import {
  CreateOutcome,
  Neuroio,
  type ApiError,
  StreamTokens,
  type Token,
  type TokenOperations,
  Tokens,
  type Transport,
} from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Owner } from "../sandbox/Owner.ts"

export interface Family {
  readonly service: CreateOutcome.Service<
    Tokens | StreamTokens,
    TokenOperations.TokenOperations,
    Token,
    ApiError.ListError,
    ApiError.DeleteError
  >
  readonly title: string
  readonly noun: string
  readonly purpose: string
}

export const families: ReadonlyArray<Family> = [
  { service: Tokens, title: "Tokens", noun: "token", purpose: "They authorise calls of the API." },
  { service: StreamTokens, title: "Stream tokens", noun: "stream token", purpose: "They open streams." },
]

/** Plain HTTP is allowed: the keys open only the sandbox, and the page itself came the same way. */
const layerOf = ({ key }: Owner) =>
  Layer.orDie(Neuroio.layer({ apiToken: key, iamUrl: "/", apiUrl: "/", allowInsecure: true }))

/** The operations of a family, as an owner. */
export interface OwnedFamily extends Family {
  readonly owner: Owner
  readonly use: <A, E>(
    call: (tokens: TokenOperations.TokenOperations) => Effect.Effect<A, E>,
  ) => Effect.Effect<A, E, Transport.Transport>
  readonly all: Effect.Effect<ReadonlyArray<Token>, ApiError.ListError, Transport.Transport>
  /**
   * Finds the token of a create with an unknown outcome. `before` are the tokens that were known when it was sent.
   * `clockSkew` is the difference between the sandbox's clock and this machine's, in milliseconds.
   */
  readonly find: (
    error: ApiError.OutcomeUnknown,
    before: ReadonlyArray<Token> | undefined,
    clockSkew: number,
  ) => Effect.Effect<CreateOutcome.CreateOutcome<Token>, ApiError.ListError, Transport.Transport>
}

/** The number of tokens in one request. An answer may hold some thousands. */
const pageSize = 1000

/** The time for which a failed create may still take effect: a sandbox on this machine is fast. */
const patience = "1 second"

export const ownedBy = (family: Family, owner: Owner): OwnedFamily => {
  const layer = layerOf(owner)
  const use: OwnedFamily["use"] = (call) => Effect.provide(family.service.use(call), layer)
  return {
    ...family,
    owner,
    use,
    all: use((tokens) => Stream.runCollect(tokens.stream({ pageSize }))),
    find: (error, before, clockSkew) =>
      CreateOutcome.find(family.service, error, { before, patience, clockSkew: clockSkew + 60_000 }).pipe(
        Effect.provide(layer),
      ),
  }
}
