import { useId, useSyncExternalStore } from "react"
import { Button } from "../parts/Button.tsx"
import { callLog } from "../state/runtime.ts"
import { counted } from "../words/amounts.ts"
import type { Attempt, Call } from "./callLog.ts"

/** The style of a result. An interrupted call is neither good nor bad. */
const lookOf = ({ error, millis }: Pick<Attempt, "error" | "millis">): string => {
  if (millis === undefined) return "pending"
  if (error === undefined) return "good"
  return error === "Interrupted" ? "left" : "bad"
}

const answer = ({ error, millis, status }: Attempt): string => {
  if (millis === undefined) return "under way…"
  if (status === undefined) return error ?? "no answer"
  return error === undefined ? String(status) : `${status} ${error}`
}

const AttemptLine = ({ attempt }: { readonly attempt: Attempt }) => (
  <li className={lookOf(attempt)}>
    {attempt.number > 1 && <span className="soft">waited {attempt.waited} ms, then </span>}
    {answer(attempt)}
    {attempt.millis !== undefined && <span className="soft"> after {attempt.millis} ms</span>}
  </li>
)

const outcome = ({ attempts, error, millis }: Call): string => {
  const last = attempts.at(-1)
  if (millis === undefined) return last?.millis === undefined ? "under way" : "waits, to try again"
  const tries = attempts.length > 1 ? ` after ${counted(attempts.length, "attempt")}` : ""
  return error === undefined ? `done${tries}` : `${error}${tries}`
}

const CallItem = ({ call }: { readonly call: Call }) => (
  <li className={lookOf(call)}>
    <p>
      <b>{call.operation}</b> <span className="what">{outcome(call)}</span>
      {call.millis !== undefined && <span className="soft"> {call.millis} ms</span>}
    </p>
    <ol aria-label={`Attempts of ${call.operation}`}>
      {call.attempts.map((attempt) => (
        <AttemptLine key={attempt.number} attempt={attempt} />
      ))}
    </ol>
  </li>
)

/** Lists the page's calls as they happen, each with its attempts. */
export const CallList = () => {
  const calls = useSyncExternalStore(callLog.subscribe, callLog.calls)
  const titleId = useId()
  return (
    <section className="card calls" aria-labelledby={titleId}>
      <header>
        <h2 id={titleId}>Calls</h2>
        <Button look="quiet" onClick={callLog.clear} aria-label="Clear the calls">
          Clear
        </Button>
      </header>
      {calls.length === 0 ? (
        <p className="empty">No calls yet.</p>
      ) : (
        // A list that scrolls must be reachable by keyboard.
        <div className="scroll" tabIndex={0} role="group" aria-labelledby={titleId}>
          <ol>
            {calls.map((call) => (
              <CallItem key={call.id} call={call} />
            ))}
          </ol>
        </div>
      )}
    </section>
  )
}
