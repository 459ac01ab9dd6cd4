/** The documentation of the sandbox: the description of all that it answers, and the pages that are made of it. */
import { version } from "@effect-tokens/core"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as neuroio from "../../neuroio/internal/api.ts"
import * as umaaas from "../../umaaas/internal/api.ts"
import { ClockChange, ClockState, controlPath, Journal, ServedPlan, WireSnapshot } from "./controlApi.ts"
import type { Page } from "./state.ts"

const controlGroup = HttpApiGroup.make("sandbox")
  .add(
    HttpApiEndpoint.get("clock", `${controlPath}/clock`, { success: ClockState }).annotate(
      OpenApi.Summary,
      "Read the time, which is that of all platforms",
    ),
    HttpApiEndpoint.patch("setClock", `${controlPath}/clock`, {
      payload: ClockChange,
      success: ClockState,
      error: neuroio.wireErrors[400],
    }).annotate(OpenApi.Summary, "Freeze the time, let it go on, or move it"),
    ...neuroio.controlEndpoints,
    ...umaaas.controlEndpoints,
    HttpApiEndpoint.post("snapshot", `${controlPath}/snapshots`, {
      success: WireSnapshot.pipe(HttpApiSchema.status(201)),
    }).annotate(OpenApi.Summary, "Keep the state of all platforms; the last 100 are kept"),
    HttpApiEndpoint.post("restore", `${controlPath}/snapshots/:id/restore`, {
      params: { id: Schema.String },
      success: HttpApiSchema.NoContent,
      error: neuroio.wireErrors[404],
    }).annotate(OpenApi.Summary, "Go back to a state that was kept; the time is not part of it"),
    HttpApiEndpoint.get("faults", `${controlPath}/faults`, { success: ServedPlan }).annotate(
      OpenApi.Summary,
      "Read the plan of faults: without rules, nothing goes wrong",
    ),
    HttpApiEndpoint.put("setFaults", `${controlPath}/faults`, {
      payload: ServedPlan,
      success: HttpApiSchema.NoContent,
      error: neuroio.wireErrors[400],
    }).annotate(OpenApi.Summary, "Plan what goes wrong with the calls from now on"),
    HttpApiEndpoint.delete("clearFaults", `${controlPath}/faults`, { success: HttpApiSchema.NoContent }).annotate(
      OpenApi.Summary,
      "Let nothing go wrong any more",
    ),
    HttpApiEndpoint.get("journal", `${controlPath}/journal`, { success: Journal }).annotate(
      OpenApi.Summary,
      "Read what was called, by whom, and what was answered: the last 1,000 calls",
    ),
    HttpApiEndpoint.delete("clearJournal", `${controlPath}/journal`, { success: HttpApiSchema.NoContent }).annotate(
      OpenApi.Summary,
      "Forget what was called",
    ),
    HttpApiEndpoint.post("reset", `${controlPath}/reset`, { success: HttpApiSchema.NoContent }).annotate(
      OpenApi.Summary,
      "Go back to the beginning: no tokens but the first API token, no added owners, no faults, an empty journal, the time of this machine",
    ),
  )
  .annotateMerge(
    OpenApi.annotations({
      title: "Control of the sandbox",
      description: "Not part of the platform. Needs no credential.",
    }),
  )

export const SandboxApi = HttpApi.make("sandbox")
  .add(...neuroio.groups, ...umaaas.groups, controlGroup)
  .annotateMerge(
    OpenApi.annotations({
      title: "effect-tokens sandbox",
      version,
      description:
        "Tokens and stream tokens as NeuroIO manages them, and API tokens as Lightspark UMAaaS does, in memory.",
    }),
  )

/** A text of a query or a form stands for a number or a boolean: the annotation `x-schema` of its check is the schema. */
const meant = (_key: string, value: unknown): unknown => {
  const all: unknown = Predicate.hasProperty(value, "allOf") ? value.allOf : undefined
  const annotated = Array.isArray(all) ? all.find(Predicate.hasProperty("x-schema")) : undefined
  return annotated === undefined ? value : annotated["x-schema"]
}

const options = { includeAnnotationKey: (key: string) => key === "x-schema" }

/** The description for programs. */
export const openapi = (): Page => ({
  contentType: "application/json",
  body: JSON.stringify(OpenApi.fromApi(SandboxApi, options), meant),
})

/** The page for people, to read and to try it on. Effect gives it through a router alone. */
export const docs = async (): Promise<Page> => {
  const { dispose, handler } = HttpRouter.toWebHandler(
    HttpApiScalar.layer(SandboxApi, { path: "/docs", scalar: { withDefaultFonts: false } }),
    { disableLogger: true },
  )
  const response = await handler(new Request("http://sandbox/docs"))
  const body = await response.text()
  await dispose()
  return { contentType: "text/html", body }
}
