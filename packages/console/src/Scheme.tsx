import { useState } from "react"

/** The names of the schemes, each with its value in the style sheet. */
const schemes = [
  ["System colours", "system"],
  ["Light", "light"],
  ["Dark", "dark"],
] as const

/** Chooses light or dark. Defaults to the system's scheme. */
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
