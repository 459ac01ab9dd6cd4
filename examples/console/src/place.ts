/** What of the page is shown, as the address has it: `#space-3`, `#api-tokens`. */
import { useSyncExternalStore } from "react"
import type { Owner } from "./sandbox/Owner.ts"

export const apiTokensPlace = "api-tokens"

export const placeOf = ({ kind, number }: Owner): string => `${kind}-${number}`

const subscribe = (listener: () => void) => {
  globalThis.addEventListener("hashchange", listener)
  return () => globalThis.removeEventListener("hashchange", listener)
}

export const usePlace = (): string => useSyncExternalStore(subscribe, () => globalThis.location.hash.slice(1))

export const goTo = (place: string): void => {
  globalThis.location.hash = place
}
