/**
 * The laws hold for the client over a browser's fetch, against a sandbox on another origin. The page's own origin differs
 * by less (no preflight, no credential of the page's): `client.test.ts` tries there the calls in which it does.
 */
import { ApiTokenLaws, TokenLaws } from "@effect-tokens/testkit"
import { inject } from "vitest"
import { lawsAt } from "../../support/laws.ts"

const test = lawsAt(inject("sandboxUrl"))

test(TokenLaws.tokens)
test(TokenLaws.streamTokens)
test(ApiTokenLaws.apiTokens)
