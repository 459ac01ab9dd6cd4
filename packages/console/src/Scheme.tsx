import { useState } from "react"

/** Their names, and what the style knows them by. */
const schemes = [
  ["System colours", "system"],
  ["Light", "light"],
  ["Dark", "dark"],
] as const

/** Light or dark: as the system has it, unless somebody wants it otherwise. */
export const Scheme = () => {
  const [scheme, setScheme] = useState<string>("system")
  return (
    <select
      aria-label="Colours"
      value={scheme}
      onChange={({ target }) => {
        setScheme(target.value)
        document.documentElement.dataset["scheme"] = target.value
      }}
    >
      {schemes.map(([name, value]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  )
}
