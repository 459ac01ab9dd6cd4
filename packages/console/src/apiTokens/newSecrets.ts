/**
 * The API tokens that were made here, with their secrets, until somebody says that they are kept. They come once: whoever
 * looks elsewhere while a create runs finds them here.
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

/** The newest first. */
export const useNewSecrets = (): ReadonlyArray<CreatedApiToken> => useSyncExternalStore(subscribe, () => secrets)

export const add = (token: CreatedApiToken): void => set([token, ...secrets])

export const forget = (id: string): void => set(secrets.filter((token) => token.id !== id))

export const forgetAll = (): void => set([])
