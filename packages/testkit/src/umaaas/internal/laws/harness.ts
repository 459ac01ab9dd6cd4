/** Describes API tokens to the harness. */
import { ApiToken, ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import { makeHarness } from "../../../internal/laws/harness.ts"
import type { History, TokenFormatter } from "../../../internal/laws/history.ts"
import { apiTokens } from "../services.ts"
import { capabilities } from "./capabilities.ts"
import { makeOwnedTokens } from "./ownedTokens.ts"
import type { Actor } from "./subject.ts"

const service = "ApiTokens"

const formatter: TokenFormatter<ApiToken> = {
  isToken: (value) => value instanceof ApiToken,
  reference: "id",
  references: ({ id }) => [id],
  describe: ({ clientSecret, name, permissions }) =>
    `${JSON.stringify(name)} ${permissions.join("+")}${clientSecret === undefined ? "" : " with its secret"}`,
}

const makeActor = (name: string, services: Context.Context<ApiTokens>, history: History): Actor => ({
  name,
  tokens: apiTokens.observe(Context.get(services, ApiTokens), (call) => history.began(name, call)),
})

export const harness = makeHarness({ service, capabilities, formatter, makeActor, makeOwnedTokens })
