/** The laws hold for the client over a browser's fetch, against a sandbox on another origin. */
import { inject } from "vitest"
import { testLawsAt } from "../support/laws.ts"

testLawsAt(inject("sandboxUrl"))
