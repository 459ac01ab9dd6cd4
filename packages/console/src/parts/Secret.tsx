import * as Redacted from "effect/Redacted"
import { useState } from "react"
import { Button } from "./Button.tsx"

type Copied = "no" | "yes" | "failed"

const copiedWords: Readonly<Record<Copied, string>> = {
  no: "",
  yes: "Copied",
  failed: "Copying is not possible here: show it and select it.",
}

/**
 * Shows a secret on demand, and copies it with one click. Only here it is unwrapped: until it is shown, nothing of it
 * is in the page, not even its length.
 */
export const Secret = ({ of, secret }: { readonly secret: Redacted.Redacted; readonly of: string }) => {
  const [isShown, setShown] = useState(false)
  const [copied, setCopied] = useState<Copied>("no")

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(Redacted.value(secret))
      setCopied("yes")
    } catch {
      // The browser does not permit it, or the page did not come over TLS and has no clipboard.
      setCopied("failed")
    }
  }

  return (
    <span className={isShown ? "secret shown" : "secret"}>
      {isShown ? (
        <code>{Redacted.value(secret)}</code>
      ) : (
        <>
          <span aria-hidden="true" className="mask">
            ••••••
          </span>
          <span className="hidden">hidden</span>
        </>
      )}
      <Button look="quiet" aria-label={`${isShown ? "Hide" : "Show"} ${of}`} onClick={() => setShown(!isShown)}>
        {isShown ? "Hide" : "Show"}
      </Button>
      <Button look="quiet" aria-label={`Copy ${of}`} onClick={() => void copy()} onBlur={() => setCopied("no")}>
        {copied === "yes" ? "Copied" : "Copy"}
      </Button>
      <span role="status" className={copied === "failed" ? "detail" : "hidden"}>
        {copiedWords[copied]}
      </span>
    </span>
  )
}
