/** The laws hold for the client over a browser's fetch, against a sandbox on the page's own origin. */
import { testLawsAt } from "../support/laws.ts"

testLawsAt("/sandbox")
