/** The platforms' time, which is not that of this machine: it goes on from where the sandbox says that it is. */
import { createContext, useContext, useSyncExternalStore } from "react"
import type { ClockReading } from "../sandbox/Control.ts"

/** Until the sandbox has said otherwise, its time is taken for this machine's. */
const thisMachines: ClockReading = { now: 0, frozen: false, readAt: 0 }

export const PlatformTime = createContext<ClockReading | undefined>(undefined)

const second = 1000

const subscribe = (listener: () => void) => {
  const timer = setInterval(listener, second)
  return () => clearInterval(timer)
}

/** Changes once a second. */
const thisSecond = (): number => Math.floor(Date.now() / second) * second

/** The platforms' time in milliseconds. Whoever shows it is drawn anew each second. */
export const usePlatformNow = (): number => {
  const { frozen, now, readAt } = useContext(PlatformTime) ?? thisMachines
  const here = useSyncExternalStore(subscribe, thisSecond)
  return frozen ? now : now + Math.max(0, here - readAt)
}

/** How far the platforms' time and this machine's are apart, in milliseconds. */
export const useClockSkew = (): number => {
  const { now, readAt } = useContext(PlatformTime) ?? thisMachines
  return Math.abs(now - readAt)
}
