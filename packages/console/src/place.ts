/** The part of the page that is shown, from the address: `#space-3`, `#api-tokens`. */
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

/** Goes to a place and leaves no way back: the current one does not exist any more. */
export const replaceWith = (place: string): void => globalThis.location.replace(`#${place}`)

export const goTo = (place: string): void => {
  globalThis.location.hash = place
}
