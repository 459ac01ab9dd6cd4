import type { Failure } from "../state/Failure.ts"
import { Button } from "./Button.tsx"
import { Problem } from "./Problem.tsx"

/** Shows an error below the row of a table that it is about. */
export const RowProblem = ({
  columns,
  error,
  onDismiss,
}: {
  readonly columns: number
  readonly error: Failure
  readonly onDismiss: () => void
}) => (
  <tr role="row" className="row-problem">
    <td role="cell" colSpan={columns}>
      <Problem error={error}>
        <Button onClick={onDismiss}>Dismiss</Button>
      </Problem>
    </td>
  </tr>
)
