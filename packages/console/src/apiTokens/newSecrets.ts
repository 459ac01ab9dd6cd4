/**
 * The API tokens that this page has created, with their secrets, until a person confirms that a secret is stored. A
 * secret is answered once: when its view was closed meanwhile, it is still here.
 */
import type { CreatedApiToken } from "@effect-tokens/core"
import { useSyncExternalStore } from "react"

const listeners = new Set<() => void>()
let secrets: ReadonlyArray<CreatedApiToken> = []

const set = (next: ReadonlyArray<CreatedApiToken>) => {
  secrets = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The created tokens, the newest first. */
export const useNewSecrets = (): ReadonlyArray<CreatedApiToken> => useSyncExternalStore(subscribe, () => secrets)

export const add = (token: CreatedApiToken): void => set([token, ...secrets])

export const forget = (id: string): void => set(secrets.filter((token) => token.id !== id))

export const forgetAll = (): void => set([])
