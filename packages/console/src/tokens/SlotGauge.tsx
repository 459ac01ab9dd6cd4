/** The limit of permanent tokens of an owner. */
const permanentSlots = 5

/** Shows how many of an owner's permanent slots are taken. Inactive tokens count. */
export const SlotGauge = ({ of, taken }: { readonly taken: number; readonly of: string }) => (
  <div className="slots">
    <span aria-hidden="true">
      Permanent slots <b>{taken}</b> of {permanentSlots}
    </span>
    <div
      role="meter"
      aria-label={`Permanent slots of ${of}`}
      aria-valuemin={0}
      aria-valuemax={permanentSlots}
      aria-valuenow={taken}
      aria-valuetext={`${taken} of ${permanentSlots} taken`}
      className={taken >= permanentSlots ? "gauge full" : "gauge"}
    >
      {Array.from({ length: permanentSlots }, (_, slot) => (
        <span key={slot} className={slot < taken ? "taken" : ""} />
      ))}
    </div>
  </div>
)
