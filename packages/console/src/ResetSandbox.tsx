import { useState } from "react"
import { Button } from "./parts/Button.tsx"
import { Dialog } from "./parts/Dialog.tsx"
import { Problem } from "./parts/Problem.tsx"
import * as Control from "./sandbox/Control.ts"
import { useWrite } from "./state/useWrite.ts"

export const ResetSandbox = ({
  onFailed,
  onReset,
}: {
  readonly onReset: () => void
  /** Called when the request failed. The sandbox may have been reset. */
  readonly onFailed: () => void
}) => {
  const [isAsking, setAsking] = useState(false)
  const reset = useWrite<Control.ControlFailed>()
  return (
    <>
      <Button onClick={() => setAsking(true)}>Reset sandbox…</Button>
      {isAsking && (
        <Dialog title="Reset the sandbox?" onClose={() => setAsking(false)} isBusy={reset.isRunning}>
          <p>
            All tokens, added spaces and planned trouble go, and the platform time is this machine&rsquo;s again. Only
            the first API token is there then.
          </p>
          {reset.error !== undefined && <Problem error={reset.error} />}
          <div className="actions">
            <Button
              look="danger"
              busy={reset.isRunning}
              onClick={() =>
                reset.run(
                  Control.reset,
                  () => {
                    setAsking(false)
                    onReset()
                  },
                  onFailed,
                )
              }
            >
              Reset it
            </Button>
            <Button busy={reset.isRunning} onClick={() => setAsking(false)}>
              Leave it
            </Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
