import type { ReactNode } from "react"
import type { Failure } from "../state/Failure.ts"
import { explain } from "../words/explain.ts"

/** An error where it belongs, said at once to who listens. `children` is what may be done about it. */
export const Problem = ({ children, error }: { readonly error: Failure; readonly children?: ReactNode }) => (
  <div className="problem" role="alert">
    <p>{explain(error)}</p>
    {explain(error) !== error.message && (
      <details>
        <summary>What the client says</summary>
        {error.message}
      </details>
    )}
    {children !== undefined && <div className="actions">{children}</div>}
  </div>
)
