import type { Token } from "@effect-tokens/core"
import { usePlatformNow } from "../state/platformTime.ts"
import { howLong, roughly } from "../words/amounts.ts"

/** Shows the remaining life of a temporary token, by the sandbox's time. */
export const TimeLeft = ({ token: { created, expires } }: { readonly token: Token }) => {
  const now = usePlatformNow()
  if (expires === null) return <span className="lapsed">Never expires</span>
  const left = expires.epochMilliseconds - now
  if (left <= 0) return <span className="lapsed">Expired {roughly(-left)} ago</span>
  const share = Math.min(1, left / (expires.epochMilliseconds - created.epochMilliseconds))
  return (
    <span className="time-left">
      <span>{howLong(left)} left</span>
      <span aria-hidden="true" className={share < 0.15 ? "bar low" : "bar"}>
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
    </span>
  )
}
