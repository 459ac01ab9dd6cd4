/** What of the page is shown, as the address has it: `#space-3`, `#api-tokens`. */
import { useSyncExternalStore } from "react"
import type { Owner } from "./sandbox/Owner.ts"

export const apiTokensPlace = "api-tokens"

export const placeOf = ({ kind, number }: Owner): string => `${kind}-${number}`

const subscribe = (listener: () => void) => {
  globalThis.addEventListener("hashchange", listener)
  return () => globalThis.removeEventListener("hashchange", listener)
}

export const placeNow = (): string => globalThis.location.hash.slice(1)

export const usePlace = (): string => useSyncExternalStore(subscribe, placeNow)

/** Without a way back to what is not there any more. */
export const replaceWith = (place: string): void => globalThis.location.replace(`#${place}`)

export const goTo = (place: string): void => {
  globalThis.location.hash = place
}
