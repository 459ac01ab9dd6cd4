/** All that the sandbox answers, described. */
import { version } from "@effect-tokens/core"
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { controlGroup } from "./controlApi.ts"
import { streamTokensGroup, tokensGroup } from "../../neuroio/internal/api.ts"
import { apiTokensGroup } from "../../umaaas/internal/api.ts"

export const SandboxApi = HttpApi.make("sandbox")
  .add(tokensGroup)
  .add(streamTokensGroup)
  .add(apiTokensGroup)
  .add(controlGroup)
  .annotateMerge(
    OpenApi.annotations({
      title: "effect-tokens sandbox",
      version,
      description:
        "Tokens and stream tokens as NeuroIO manages them, and API tokens as Lightspark UMAaaS does, in memory.",
    }),
  )
