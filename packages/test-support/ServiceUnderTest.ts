/** Describes all operations of all services, for tests that are the same for each. A new service is one more row. */
import {
  type ApiError,
  ApiTokenId,
  ApiTokens,
  StreamTokens,
  TokenId,
  type TokenOperations,
  Tokens,
} from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as RawServer from "./RawServer.ts"

export type AnyService = Tokens | StreamTokens | ApiTokens

export type AnyError =
  | ApiError.CreateError
  | ApiError.ListError
  | ApiError.UpdateError
  | ApiError.DeleteListError
  | ApiError.CreateApiTokenError
  | ApiError.ListApiTokensError
  | ApiError.GetApiTokenError

type Fields = Readonly<Record<string, unknown>>

/** A body that holds a token. `with` changes fields of the token, `at` is the token's path in the body. */
interface Body {
  readonly with: (fields: Fields) => string
  readonly at: ReadonlyArray<string | number>
}

interface OperationUnderTest {
  readonly call: Effect.Effect<unknown, AnyError, AnyService>
  /** Method and path, as in the vendor's documentation. */
  readonly request: string
  /** The status of a success. */
  readonly status: number
  readonly body: Body | undefined
  /** Statuses whose error class is not in the type of this operation. */
  readonly notTyped: ReadonlyArray<number>
}

export interface ServiceUnderTest {
  readonly name: "Tokens" | "StreamTokens" | "ApiTokens"
  readonly platform: "neuroio" | "umaaas"
  readonly operations: Readonly<Record<string, OperationUnderTest>> &
    Readonly<Record<"create" | "list" | "get" | "delete", OperationUnderTest>>
  /** Reads the whole stream: one list for each page. */
  readonly stream: Effect.Effect<unknown, AnyError, AnyService>
}

interface FamilyUnderTest {
  readonly name: "Tokens" | "StreamTokens"
  readonly collection: string
  readonly service: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>
}

/** Both services offer the same, so that a test of one is a test of the other. */
export const families: ReadonlyArray<FamilyUnderTest> = [
  { name: "Tokens", collection: "/v1/tokens/", service: Tokens },
  { name: "StreamTokens", collection: "/v1/streams/tokens/", service: StreamTokens },
]

/** Makes bodies with one token, and with two, of which the second is changed. */
const bodies = (
  first: Fields,
  second: Fields,
  list: (tokens: ReadonlyArray<Fields>) => unknown,
  at: Body["at"],
): { readonly one: Body; readonly list: Body } => ({
  one: { with: (fields) => JSON.stringify({ ...first, ...fields }), at: [] },
  list: { with: (fields) => JSON.stringify(list([first, { ...second, ...fields }])), at: [...at, 1] },
})

/** Answers with a success. */
export const good = ({ body, status }: Pick<OperationUnderTest, "body" | "status">): RawServer.Answer =>
  body === undefined ? RawServer.noContent : RawServer.json(status, body.with({}))

const neuroio = bodies(RawServer.token(), RawServer.token({ id: 2 }), (tokens) => tokens, [])

const neuroioServices = families.map(({ collection, name, service }): ServiceUnderTest => {
  const id = TokenId.make(1)
  const element = `${collection}{token}/`
  return {
    name,
    platform: "neuroio",
    stream: Effect.flatMap(service, (tokens) => Stream.runDrain(tokens.stream())),
    operations: {
      create: {
        call: Effect.flatMap(service, (tokens) => tokens.create()),
        request: `POST ${collection}`,
        status: 201,
        body: neuroio.one,
        notTyped: [404],
      },
      list: {
        call: Effect.flatMap(service, (tokens) => tokens.list()),
        request: `GET ${collection}`,
        status: 200,
        body: neuroio.list,
        notTyped: [404, 409],
      },
      get: {
        call: Effect.flatMap(service, (tokens) => tokens.get(id)),
        request: `GET ${element}`,
        status: 200,
        body: neuroio.one,
        notTyped: [409, 422],
      },
      update: {
        call: Effect.flatMap(service, (tokens) => tokens.update(id, { isActive: true })),
        request: `PATCH ${element}`,
        status: 200,
        body: neuroio.one,
        notTyped: [],
      },
      delete: {
        call: Effect.flatMap(service, (tokens) => tokens.delete(id)),
        request: `DELETE ${element}`,
        status: 204,
        body: undefined,
        notTyped: [422],
      },
      deleteList: {
        call: Effect.flatMap(service, (tokens) => tokens.deleteList({ permanent: null })),
        request: `DELETE ${collection}`,
        status: 204,
        body: undefined,
        notTyped: [404],
      },
    },
  }
})

const pageOf = (data: ReadonlyArray<Fields>) => ({ data, hasMore: false, totalCount: data.length })

/** The secret is in the answer to create and nowhere else (U1). */
const madeToken = RawServer.apiToken()
const seenToken = RawServer.apiToken({ clientSecret: undefined })
const umaaas = bodies(seenToken, { ...seenToken, id: "Token:2" }, pageOf, ["data"])
const made = bodies(madeToken, madeToken, pageOf, ["data"])

const tokenId = ApiTokenId.make(madeToken.id)

const apiTokens: ServiceUnderTest = {
  name: "ApiTokens",
  platform: "umaaas",
  stream: Effect.flatMap(ApiTokens, (tokens) => Stream.runDrain(tokens.stream())),
  operations: {
    create: {
      call: Effect.flatMap(ApiTokens, (tokens) => tokens.create({ name: "reports", permissions: ["VIEW"] })),
      request: "POST /tokens",
      status: 201,
      body: made.one,
      notTyped: [404, 409, 422],
    },
    list: {
      call: Effect.flatMap(ApiTokens, (tokens) => tokens.list()),
      request: "GET /tokens",
      status: 200,
      body: umaaas.list,
      notTyped: [404, 409, 422],
    },
    get: {
      call: Effect.flatMap(ApiTokens, (tokens) => tokens.get(tokenId)),
      request: "GET /tokens/{id}",
      status: 200,
      body: umaaas.one,
      notTyped: [409, 422],
    },
    delete: {
      call: Effect.flatMap(ApiTokens, (tokens) => tokens.delete(tokenId)),
      request: "DELETE /tokens/{id}",
      status: 204,
      body: undefined,
      notTyped: [409, 422],
    },
  },
}

export const services: ReadonlyArray<ServiceUnderTest> = [...neuroioServices, apiTokens]
