/** Whoever comes back to the page may have changed something elsewhere meanwhile. */
import { useEffect } from "react"

export const useReloadOnFocus = (reload: () => void): void =>
  useEffect(() => {
    globalThis.addEventListener("focus", reload)
    return () => globalThis.removeEventListener("focus", reload)
  }, [reload])
