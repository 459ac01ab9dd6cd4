/** The laws hold for the client over a browser's fetch, against a sandbox on another origin. */
import { ApiTokenLaws, TokenLaws } from "@effect-tokens/testkit"
import { inject } from "vitest"
import { lawsAt } from "../../support/laws.ts"

const test = lawsAt(inject("sandboxUrl"))

test(TokenLaws.tokens)
test(TokenLaws.streamTokens)
test(ApiTokenLaws.apiTokens)
