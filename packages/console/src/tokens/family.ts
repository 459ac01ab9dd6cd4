/** The two families of NeuroIO's tokens, and calls on one of them as one owner. */
import {
  CreateOutcome,
  type ApiError,
  StreamTokens,
  type Token,
  type TokenOperations,
  Tokens,
} from "@effect-tokens/core"
import { BrowserNeuroio } from "@effect-tokens/platform-browser"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Owner } from "../sandbox/Owner.ts"

export interface Family {
  readonly service: typeof Tokens | typeof StreamTokens
  readonly title: string
  readonly noun: string
  readonly purpose: string
}

export const families: ReadonlyArray<Family> = [
  { service: Tokens, title: "Tokens", noun: "token", purpose: "They authorise calls of the API." },
  { service: StreamTokens, title: "Stream tokens", noun: "stream token", purpose: "They open streams." },
]

/** The sandbox's keys open nothing but the sandbox, and the page has come the same way: in the clear, if at all. */
const layerOf = ({ key }: Owner) =>
  Layer.orDie(BrowserNeuroio.layer({ apiToken: key, iamUrl: "/", apiUrl: "/", allowInsecure: true }))

/** The operations of a family, as an owner. */
export interface OwnedFamily extends Family {
  readonly owner: Owner
  readonly use: <A, E>(call: (tokens: TokenOperations.TokenOperations) => Effect.Effect<A, E>) => Effect.Effect<A, E>
  readonly all: Effect.Effect<ReadonlyArray<Token>, ApiError.ListError>
  /**
   * Looks what became of a create whose answer is lost. `before`: what was there when it was sent, if that is known. The
   * clocks here and there are so far apart, in milliseconds.
   */
  readonly find: (
    error: ApiError.OutcomeUnknown,
    before: ReadonlyArray<Token> | undefined,
    clockSkew: number,
  ) => Effect.Effect<CreateOutcome.CreateOutcome<Token>, ApiError.ListError>
}

/** In a request: an answer may be some thousands of tokens large. */
const pageSize = 1000

/** For a sandbox on this machine. */
const patience = "1 second"

export const ownedBy = (family: Family, owner: Owner): OwnedFamily => {
  const layer = layerOf(owner)
  const operations: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens> = family.service
  const use: OwnedFamily["use"] = (call) => Effect.provide(Effect.flatMap(operations, call), layer)
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
