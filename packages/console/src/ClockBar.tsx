import type { ControlFailed } from "./sandbox/Control.ts"
import * as Control from "./sandbox/Control.ts"
import { Button } from "./parts/Button.tsx"
import { Problem } from "./parts/Problem.tsx"
import { usePlatformNow } from "./state/platformTime.ts"
import { useWrite } from "./state/useWrite.ts"

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })

const steps: ReadonlyArray<readonly [hours: number, label: string]> = [
  [1, "1 hour later"],
  [24, "24 hours later"],
]

/** Shows the sandbox's time, by which tokens expire, and moves it forward. */
export const ClockBar = ({
  isFrozen,
  onMoved,
}: {
  readonly isFrozen: boolean
  readonly onMoved: (reading: Control.ClockReading) => void
}) => {
  const now = usePlatformNow()
  const move = useWrite<ControlFailed>()
  return (
    <div className="clock" role="group" aria-label="Platform time">
      <span>
        <span className="soft">Platform time{isFrozen && ", frozen"}</span> <time>{format.format(now)}</time>
      </span>
      {steps.map(([hours, label]) => (
        <Button key={hours} busy={move.isRunning} onClick={() => move.run(Control.advance(hours), onMoved)}>
          {label}
        </Button>
      ))}
      {move.error !== undefined && <Problem error={move.error} />}
    </div>
  )
}
