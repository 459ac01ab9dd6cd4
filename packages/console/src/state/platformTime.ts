/** The sandbox's time, which differs from this machine's. It goes on from the sandbox's last reading. */
import { createContext, useContext, useSyncExternalStore } from "react"
import type { ClockReading } from "../sandbox/Control.ts"

/** This machine's time, used until the sandbox's time is read. */
const thisMachines: ClockReading = { now: 0, frozen: false, readAt: 0 }

export const PlatformTime = createContext<ClockReading | undefined>(undefined)

const second = 1000

const subscribe = (listener: () => void) => {
  const timer = setInterval(listener, second)
  return () => clearInterval(timer)
}

/** Changes once a second. */
const thisSecond = (): number => Math.floor(Date.now() / second) * second

/** Reads the sandbox's time in milliseconds. The component renders again each second. */
export const usePlatformNow = (): number => {
  const { frozen, now, readAt } = useContext(PlatformTime) ?? thisMachines
  const here = useSyncExternalStore(subscribe, thisSecond)
  return frozen ? now : now + Math.max(0, here - readAt)
}

/** Reads the difference between the sandbox's time and this machine's, in milliseconds. */
export const useClockSkew = (): number => {
  const { now, readAt } = useContext(PlatformTime) ?? thisMachines
  return Math.abs(now - readAt)
}
