import { useId, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Problem } from "../parts/Problem.tsx"
import * as Control from "../sandbox/Control.ts"
import { useWrite } from "../state/useWrite.ts"
import { counted } from "../words/amounts.ts"
import { operations, type Operation, type Plan, planOf, troubles } from "./trouble.ts"

const mostTimes = 20

const timesOf = (text: string): number => Math.min(mostTimes, Math.max(1, Math.trunc(Number(text)) || 1))

const described = ({ operation, times, trouble }: Plan): string => {
  const what = operation === "any" ? "request" : `${operation} request`
  return `The next ${times === 1 ? what : counted(times, what)}: ${trouble.label}.`
}

/** Makes calls slow or fail, through the sandbox's control. */
export const TroublePanel = () => {
  const [chosen, setChosen] = useState(0)
  const [operation, setOperation] = useState<Operation>("Tokens.list")
  const [times, setTimes] = useState("2")
  const [planned, setPlanned] = useState("")
  const change = useWrite<Control.ControlFailed>()
  const ids = { trouble: useId(), operation: useId(), times: useId(), title: useId() }

  const plan = () => {
    const trouble = troubles[chosen]
    if (trouble === undefined) return
    const wanted = { trouble, operation, times: timesOf(times) }
    change.run(Control.setFaults(planOf(wanted)), () => setPlanned(described(wanted)))
  }

  return (
    <section className="card trouble" aria-labelledby={ids.title}>
      <h2 id={ids.title}>Network trouble</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          plan()
        }}
      >
        <label className="field" htmlFor={ids.trouble}>
          What goes wrong
          <select id={ids.trouble} value={chosen} onChange={({ target }) => setChosen(Number(target.value))}>
            {troubles.map(({ label }, place) => (
              <option key={label} value={place}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className="field" htmlFor={ids.operation}>
          With which calls
          <select
            id={ids.operation}
            value={operation}
            onChange={({ target }) => {
              const found = operations.flatMap(([, names]) => names).find((name) => name === target.value)
              setOperation(found ?? "any")
            }}
          >
            <option value="any">All calls</option>
            {operations.map(([group, names]) => (
              <optgroup key={group} label={group}>
                {names.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
        <label className="field" htmlFor={ids.times}>
          How many requests
          <input
            id={ids.times}
            type="number"
            min={1}
            max={mostTimes}
            required
            value={times}
            onChange={({ target }) => setTimes(target.value)}
            // The field may be empty while a person types.
            onBlur={() => setTimes(String(timesOf(times)))}
          />
        </label>
        <div className="actions">
          <Button type="submit" look="primary" busy={change.isRunning}>
            Make trouble
          </Button>
          <Button
            busy={change.isRunning}
            onClick={() => change.run(Control.clearFaults, () => setPlanned("Nothing goes wrong any more."))}
          >
            Stop it
          </Button>
        </div>
      </form>
      <p role="status" className="outcome">
        {planned}
      </p>
      {change.error !== undefined && <Problem error={change.error} />}
    </section>
  )
}
