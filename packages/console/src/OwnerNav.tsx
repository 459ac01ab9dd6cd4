import { Button } from "./parts/Button.tsx"
import { Problem } from "./parts/Problem.tsx"
import { apiTokensPlace, goTo, placeOf } from "./place.ts"
import * as Control from "./sandbox/Control.ts"
import { type Owner, ownerTitle } from "./sandbox/Owner.ts"
import { useWrite } from "./state/useWrite.ts"

const PlaceLink = ({
  current,
  label,
  place,
}: {
  readonly place: string
  readonly label: string
  readonly current: string
}) => (
  <li>
    <a href={`#${place}`} aria-current={place === current ? "page" : undefined}>
      {label}
    </a>
  </li>
)

/** Chooses the owner whose tokens are shown. */
export const OwnerNav = ({
  current,
  onAdded,
  owners,
}: {
  readonly owners: ReadonlyArray<Owner>
  readonly current: string
  readonly onAdded: () => void
}) => {
  const add = useWrite<Control.ControlFailed>()
  return (
    <nav aria-label="Whose tokens">
      <ul>
        {owners.map((owner) => (
          <PlaceLink key={owner.number} place={placeOf(owner)} label={ownerTitle(owner)} current={current} />
        ))}
        <PlaceLink place={apiTokensPlace} label="UMAaaS API tokens" current={current} />
      </ul>
      <Button
        look="quiet"
        busy={add.isRunning}
        onClick={() =>
          add.run(Control.addSpace, (space) => {
            onAdded()
            goTo(placeOf(space))
          })
        }
      >
        + Add a space
      </Button>
      {add.error !== undefined && <Problem error={add.error} />}
    </nav>
  )
}
