/** Describes tokens and stream tokens to the harness. */
import { StreamTokens, Token, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { makeHarness } from "../../../internal/laws/harness.ts"
import type { History, TokenFormatter } from "../../../internal/laws/history.ts"
import type { Family } from "../../NeuroioRules.ts"
import * as described from "../services.ts"
import { capabilities } from "./capabilities.ts"
import { makeOwnedTokens } from "./ownedTokens.ts"
import { type Actor, serviceNames } from "./subject.ts"

type Services = Context.Context<Tokens | StreamTokens>

const formatter: TokenFormatter<Token> = {
  isToken: (value) => value instanceof Token,
  reference: "token",
  references: ({ id, key }) => [id, key],
  describe: ({ expires, isActive }) => `${expires === null ? "permanent" : "temporary"}${isActive ? "" : ", inactive"}`,
}

const makeActor =
  (family: Family) =>
  (name: string, services: Services, history: History): Actor => {
    const tokens = described.tokens.observe(Context.get(services, Tokens), (call) => history.began(name, call))
    const streamTokens = described.streamTokens.observe(Context.get(services, StreamTokens), (call) =>
      history.began(name, call),
    )
    return family === "tokens"
      ? { name, family, tokens, others: streamTokens, credentials: tokens }
      : { name, family, tokens: streamTokens, others: tokens, credentials: tokens }
  }

export const harnessFor = (family: Family) =>
  makeHarness({
    service: serviceNames[family],
    capabilities,
    formatter,
    makeActor: makeActor(family),
    makeOwnedTokens,
    deleteAll: (services: Services) =>
      Effect.andThen(
        Context.get(services, Tokens).deleteList({ permanent: null }),
        Context.get(services, StreamTokens).deleteList({ permanent: null }),
      ),
  })
