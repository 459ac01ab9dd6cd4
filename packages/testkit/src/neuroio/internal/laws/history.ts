/** Tells calls about tokens and stream tokens. */
import { Token, type TokenKey, type TokenOperations } from "@effect-tokens/core"
import * as Redacted from "effect/Redacted"
import { type Call, observe, type ServiceName } from "../observe.ts"
import { makeHistoryRecorder, type HistoryRecorder } from "../../../internal/laws/historyRecorder.ts"

export interface TokenHistory extends HistoryRecorder<Call> {
  readonly watch: (
    actor: string,
    service: ServiceName,
    operations: TokenOperations.TokenOperations,
  ) => TokenOperations.TokenOperations
  readonly name: (service: ServiceName, token: Token) => string
  readonly nameOfId: (service: ServiceName, id: number) => string
}

const tokensOf = (value: unknown): ReadonlyArray<Token> => {
  if (value instanceof Token) return [value]
  return Array.isArray(value) ? value.filter((item) => item instanceof Token) : []
}

/** Tokens are called by the order in which they were seen. */
const makeNames = () => {
  const names = new Map<string, string>()
  const keys = new Map<string, string>()
  return {
    see: (service: ServiceName, value: unknown) => {
      for (const token of tokensOf(value)) {
        const address = `${service} ${token.id}`
        if (names.has(address)) continue
        const name = `#${names.size + 1}`
        names.set(address, name)
        keys.set(Redacted.value(token.key), name)
      }
    },
    ofId: (service: ServiceName, id: number) => names.get(`${service} ${id}`) ?? `id ${id}`,
    ofKey: (key: TokenKey) => {
      const name = keys.get(Redacted.value(key))
      return name === undefined ? "an unknown key" : `key of ${name}`
    },
  }
}

type Names = ReturnType<typeof makeNames>

const describeCall = (names: Names, { input, method, service }: Call): string => {
  const { token, ...rest } = input
  const options = Object.entries(rest).filter(([, value]) => value !== undefined)
  const given = [
    ...(token === undefined ? [] : [Redacted.isRedacted(token) ? names.ofKey(token) : names.ofId(service, token)]),
    ...(options.length === 0 ? [] : [`{ ${options.map(([name, value]) => `${name}: ${String(value)}`).join(", ")} }`]),
  ]
  return `${service}.${method}(${given.join(", ")})`
}

const describeToken = (names: Names, service: ServiceName, token: Token): string => {
  const kind = token.expires === null ? "permanent" : "temporary"
  return `${names.ofId(service, token.id)} ${kind}${token.isActive ? "" : ", inactive"}`
}

const describeAnswer = (names: Names, service: ServiceName, value: unknown): string => {
  if (value instanceof Token) return describeToken(names, service, value)
  if (!Array.isArray(value)) return "done"
  return `[${tokensOf(value)
    .map((token) => describeToken(names, service, token))
    .join("; ")}]`
}

export const makeTokenHistory = (): TokenHistory => {
  const names = makeNames()
  const recorder = makeHistoryRecorder<Call>({
    see: ({ service }, value) => names.see(service, value),
    call: (call) => describeCall(names, call),
    answer: ({ service }, value) => describeAnswer(names, service, value),
  })
  return {
    ...recorder,
    watch: (actor, service, operations) => observe(service, operations, (call) => recorder.began(actor, call)),
    name: (service, token) => names.ofId(service, token.id),
    nameOfId: names.ofId,
  }
}
