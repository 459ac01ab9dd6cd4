/**
 * The rules of tokens a second time, as short as possible: the right answer to a call, one call after another. The model
 * knows nothing of the state machine. The vendor chooses ids and keys, and the model learns them.
 *
 * Rules: docs/rules/neuroio.md
 */
import type { Token, TokenKey } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Specification } from "../../../internal/laws/specification.ts"
import type { Family, OwnerKind } from "../../NeuroioRules.ts"
import type { Value } from "./calls.ts"
import { serviceNames } from "./subject.ts"

/** `id` and `key` are unknown until an answer has shown them. Until then the id lies between these two (N3). */
interface ModelToken {
  readonly id: number | undefined
  readonly key: string | undefined
  readonly between: readonly [above: number, below: number]
  readonly owner: number
  readonly family: Family
  readonly permanent: boolean
  readonly isActive: boolean
  readonly created: number
}

/** `tokens` are those that exist, in the order of creation. `highestId` is the highest that an answer has shown. */
export interface Model {
  readonly now: number
  readonly owners: ReadonlyArray<OwnerKind>
  readonly tokens: ReadonlyArray<ModelToken>
  readonly highestId: Readonly<Record<Family, number>>
}

export type ModelCall = {
  /** The number of an owner, or the key of a token. */
  readonly caller: number | string
  readonly family: Family
} & (
  | { readonly do: "create"; readonly permanent: boolean }
  | { readonly do: "list"; readonly permanent: boolean | null; readonly limit: number; readonly offset: number }
  | { readonly do: "get" | "delete"; readonly token: number | TokenKey }
  | { readonly do: "update"; readonly token: number | TokenKey; readonly isActive: boolean }
  | { readonly do: "deleteList"; readonly permanent: boolean | null }
)

/** The right answer: tokens (one unless it is a list), nothing, or an error. */
type Answer =
  | { readonly _tag: "Tokens"; readonly tokens: ReadonlyArray<ModelToken>; readonly model: Model }
  | { readonly _tag: "Done"; readonly model: Model }
  | { readonly _tag: "Error"; readonly error: string; readonly model: Model }

const lifetime = 24 * 60 * 60 * 1000
const permanentCap = 5

const expiresAt = (token: ModelToken): number | null => (token.permanent ? null : token.created + lifetime)

/** N13. A token is a credential of its owner, and a stream token is not. */
const ownerOf = (model: Model, caller: number | string): number | undefined =>
  typeof caller === "number"
    ? caller
    : model.tokens.find(
        (token) =>
          token.family === "tokens" &&
          token.key === caller &&
          token.isActive &&
          (token.permanent || model.now < token.created + lifetime),
      )?.owner

/** The right answer to the call, and the model after it. */
const answer = (model: Model, call: ModelCall): Answer => {
  const { family } = call
  const refuse = (error: string): Answer => ({ _tag: "Error", error, model })
  const owner = ownerOf(model, call.caller)
  if (owner === undefined) return refuse("Unauthorized")
  if (family === "streamTokens" && model.owners[owner] === "manager") return refuse("Forbidden")

  const own = model.tokens.filter((token) => token.owner === owner && token.family === family)
  const matching = (permanent: boolean | null) =>
    own.filter((token) => permanent === null || token.permanent === permanent)
  const find = (ref: number | TokenKey) => {
    const plain = Redacted.isRedacted(ref) ? Redacted.value(ref) : ref
    return own.find((token) => token.id === plain || token.key === plain)
  }
  const without = (gone: ReadonlyArray<ModelToken>): Model => ({
    ...model,
    tokens: model.tokens.filter((token) => !gone.includes(token)),
  })

  switch (call.do) {
    case "create": {
      const { permanent } = call
      if (permanent && matching(true).length >= permanentCap) return refuse("PermanentTokenLimitReached")
      const between = [model.highestId[family], Number.POSITIVE_INFINITY] as const
      const made = { owner, family, permanent, isActive: true, created: model.now }
      const token = { id: undefined, key: undefined, between, ...made }
      return { _tag: "Tokens", tokens: [token], model: { ...model, tokens: [...model.tokens, token] } }
    }
    case "list": {
      const tokens = matching(call.permanent).slice(call.offset, call.offset + call.limit)
      return { _tag: "Tokens", tokens, model }
    }
    case "get": {
      const found = find(call.token)
      return found === undefined ? refuse("NotFound") : { _tag: "Tokens", tokens: [found], model }
    }
    case "update": {
      const found = find(call.token)
      if (found === undefined) return refuse("NotFound")
      const token = { ...found, isActive: call.isActive }
      const tokens = model.tokens.map((other) => (other === found ? token : other))
      return { _tag: "Tokens", tokens: [token], model: { ...model, tokens } }
    }
    case "delete": {
      const found = find(call.token)
      return found === undefined ? refuse("NotFound") : { _tag: "Done", model: without([found]) }
    }
    case "deleteList":
      return { _tag: "Done", model: without(matching(call.permanent)) }
  }
}

/** The actual answer. */
export type Observed =
  | { readonly _tag: "Tokens"; readonly tokens: ReadonlyArray<Token> }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Error"; readonly error: string }

export const observe = (value: Value): Observed =>
  value === undefined ? { _tag: "Done" } : { _tag: "Tokens", tokens: "id" in value ? [value] : value }

/** Learns the id and key of a token. Ids that are still unknown lie below or above it. */
const learn = (model: Model, token: ModelToken, id: number, key: string): Model => {
  const place = model.tokens.indexOf(token)
  return {
    ...model,
    tokens: model.tokens.map((other, i) => {
      if (other === token) return { ...token, id, key }
      if (other.id !== undefined || other.family !== token.family) return other
      const [above, below] = other.between
      return { ...other, between: i < place ? [above, Math.min(below, id)] : [Math.max(above, id), below] }
    }),
    highestId: { ...model.highestId, [token.family]: Math.max(model.highestId[token.family], id) },
  }
}

/** The model after it has recognised the token in an answer. `undefined` if the answer shows another. */
const recognise = (model: Model, token: ModelToken, seen: Token): Model | undefined => {
  const id: number = seen.id
  const key = Redacted.value(seen.key)
  const expires = seen.expires === null ? null : DateTime.toEpochMillis(seen.expires)
  const looksLikeIt =
    seen.isActive === token.isActive &&
    DateTime.toEpochMillis(seen.created) === token.created &&
    expires === expiresAt(token)
  if (!looksLikeIt) return undefined
  if (token.id !== undefined) return token.id === id && token.key === key ? model : undefined
  const [above, below] = token.between
  const isNew = !model.tokens.some((other) => other.key === key)
  return isNew && above < id && id < below ? learn(model, token, id, key) : undefined
}

const accept = (model: Model, call: ModelCall, observed: Observed): Model | undefined => {
  const expected = answer(model, call)
  if (expected._tag === "Error") {
    return observed._tag === "Error" && observed.error === expected.error ? expected.model : undefined
  }
  if (expected._tag === "Done") return observed._tag === "Done" ? expected.model : undefined
  if (observed._tag !== "Tokens" || observed.tokens.length !== expected.tokens.length) return undefined
  return expected.tokens.reduce<Model | undefined>((known, token, i) => {
    const seen = observed.tokens[i]
    return known === undefined || seen === undefined ? undefined : recognise(known, token, seen)
  }, expected.model)
}

const describe = (model: Model, call: ModelCall, name: (service: string, id: unknown) => string): string => {
  const expected = answer(model, call)
  if (expected._tag === "Error") return expected.error
  if (expected._tag === "Done") return "done"
  const describeToken = (token: ModelToken) => {
    const kind = token.permanent ? "permanent" : "temporary"
    const which = token.id === undefined ? "a new one," : name(serviceNames[token.family], token.id)
    const expires = token.permanent ? "" : `, which expires 24 hours after its creation`
    return `${which} ${kind}${token.isActive ? "" : ", inactive"}${token.id === undefined ? expires : ""}`
  }
  return expected.tokens.length === 1
    ? expected.tokens.map(describeToken).join("")
    : `[${expected.tokens.map(describeToken).join("; ")}]`
}

/** Owners and time are left out: no call changes them. */
const fingerprint = (model: Model): string =>
  model.tokens
    .map((token) =>
      [
        token.id ?? token.between.join("-"),
        token.owner,
        token.family,
        token.permanent,
        token.isActive,
        token.created,
      ].join(" "),
    )
    .concat(Object.values(model.highestId).join(" "))
    .join("\n")

export const tokenSpecification: Specification<Model, ModelCall, Observed> = {
  accept,
  takeEffect: (model, call) => answer(model, call).model,
  advance: (model, millis) => ({ ...model, now: model.now + millis }),
  fingerprint,
  describe,
}

/** The model of owners without tokens. */
export const modelOf = (now: number, owners: ReadonlyArray<OwnerKind>): Model => ({
  now,
  owners,
  tokens: [],
  highestId: { tokens: 0, streamTokens: 0 },
})
