import { useEffect, useRef, useState } from "react"
import { ApiTokenSection } from "./apiTokens/ApiTokenSection.tsx"
import * as NewSecrets from "./apiTokens/newSecrets.ts"
import { ClockBar } from "./ClockBar.tsx"
import { CallList } from "./network/CallList.tsx"
import { TroublePanel } from "./network/TroublePanel.tsx"
import { OwnerNav } from "./OwnerNav.tsx"
import { Button } from "./parts/Button.tsx"
import { Problem, useFocusAfterError } from "./parts/Problem.tsx"
import { Secret } from "./parts/Secret.tsx"
import { apiTokensPlace, placeNow, placeOf, replaceWith, usePlace } from "./place.ts"
import { ResetSandbox } from "./ResetSandbox.tsx"
import * as Control from "./sandbox/Control.ts"
import { type Owner, ownerName, ownerTitle } from "./sandbox/Owner.ts"
import { Scheme } from "./Scheme.tsx"
import { PlatformTime } from "./state/platformTime.ts"
import { useRead, useReloadOnFocus } from "./state/useRead.ts"
import { families } from "./tokens/family.ts"
import { TokenSection } from "./tokens/TokenSection.tsx"

/** The icon's URL. Vite serves it beside the page. */
const icon = `${import.meta.env.BASE_URL}icon.svg`

const powers: Readonly<Record<Owner["kind"], string>> = {
  account: "An account may do most things, as the default space.",
  space: "A space holds data of its own, and only that can be reached with its tokens.",
  manager: "A manager manages tokens, and reaches no data.",
}

const OwnerView = ({ owner }: { readonly owner: Owner }) => (
  <>
    <div className="owner">
      <h2>{ownerTitle(owner)}</h2>
      <p className="soft">{powers[owner.kind]}</p>
      <p className="soft">
        Its own credential, which is none of its tokens:{" "}
        <Secret secret={owner.key} of={`the credential of ${ownerName(owner)}`} />
      </p>
    </div>
    {families.map((family) => (
      <TokenSection key={family.title} family={family} owner={owner} />
    ))}
  </>
)

const ApiTokenView = () => {
  const caller = useRead(Control.firstApiToken)
  const heading = useRef<HTMLHeadingElement>(null)
  useFocusAfterError(caller.error, heading)
  return (
    <>
      <div className="owner">
        <h2 ref={heading} tabIndex={-1}>
          Lightspark UMAaaS
        </h2>
        <p className="soft">API tokens of the account, with what each may do. The secret of one is shown once.</p>
      </div>
      {caller.error !== undefined && (
        <Problem error={caller.error}>
          <Button busy={caller.isLoading} onClick={caller.reload}>
            Try again
          </Button>
        </Problem>
      )}
      {caller.value !== undefined && <ApiTokenSection caller={caller.value} />}
    </>
  )
}

/** Holds the sandbox's time as it was last read or set. */
const useClock = () => {
  const read = useRead(Control.clock)
  const [moved, setMoved] = useState<Control.ClockReading>()
  const { reload, value } = read
  useReloadOnFocus(reload)
  const latest = moved !== undefined && (value === undefined || moved.readAt > value.readAt) ? moved : value
  return { reading: latest, setMoved, reload }
}

export const App = () => {
  const owners = useRead(Control.owners)
  useReloadOnFocus(owners.reload)
  const clock = useClock()
  const place = usePlace()
  // After a reset the owners are the same, but their tokens are not: the count makes the views read again.
  const [resets, setResets] = useState(0)
  const shown = owners.value?.find((owner) => placeOf(owner) === place) ?? owners.value?.[0]
  const current = place === apiTokensPlace || shown === undefined ? place : placeOf(shown)

  // A reset, here or in another tab, removes added spaces.
  useEffect(() => {
    const [first, ...others] = owners.value?.map(placeOf) ?? []
    const here = placeNow()
    if (first !== undefined && ![first, ...others, apiTokensPlace, ""].includes(here)) replaceWith(first)
  }, [owners.value])

  const main = useRef<HTMLElement>(null)
  useFocusAfterError(owners.error, main)

  const reload = () => {
    owners.reload()
    clock.reload()
  }

  return (
    <PlatformTime value={clock.reading}>
      <header className="top">
        <h1>
          <img src={icon} alt="" width="28" height="28" />
          effect-tokens <span className="soft">console</span>
        </h1>
        <ClockBar isFrozen={clock.reading?.frozen === true} onMoved={clock.setMoved} />
        <div className="actions">
          <ResetSandbox
            onReset={() => {
              setResets(resets + 1)
              NewSecrets.forgetAll()
              reload()
            }}
            onFailed={reload}
          />
          <Scheme />
        </div>
      </header>
      {owners.value !== undefined && <OwnerNav owners={owners.value} current={current} onAdded={owners.reload} />}
      <div className="columns">
        <main key={`${current} ${resets}`} ref={main} tabIndex={-1}>
          {owners.error !== undefined && (
            <Problem error={owners.error}>
              <Button busy={owners.isLoading} onClick={owners.reload}>
                Try again
              </Button>
            </Problem>
          )}
          {owners.value === undefined && owners.isLoading && <p className="empty loading">Asking the sandbox…</p>}
          {current === apiTokensPlace ? <ApiTokenView /> : shown !== undefined && <OwnerView owner={shown} />}
        </main>
        <aside aria-label="Network">
          <TroublePanel key={resets} />
          <CallList />
        </aside>
      </div>
    </PlatformTime>
  )
}
