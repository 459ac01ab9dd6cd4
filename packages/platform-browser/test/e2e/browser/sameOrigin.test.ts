/** The laws hold for the client over a browser's fetch, against a sandbox on the page's own origin. */
import { ApiTokenLaws, TokenLaws } from "@effect-tokens/testkit"
import { lawsAt } from "../../support/laws.ts"

const test = lawsAt("/sandbox")

// Those of stream tokens differ by the path alone, and are put to another origin.
test(TokenLaws.tokens)
test(ApiTokenLaws.apiTokens)
