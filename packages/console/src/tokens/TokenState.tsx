import { isValidAt, type Token } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import { usePlatformNow } from "../state/platformTime.ts"

/** Whether the token authenticates by now, and if not, why. */
export const TokenState = ({ token }: { readonly token: Token }) => {
  const now = usePlatformNow()
  if (isValidAt(token, DateTime.makeUnsafe(now))) return <span className="badge good">Active</span>
  return token.isActive ? <span className="badge bad">Expired</span> : <span className="badge">Inactive</span>
}
