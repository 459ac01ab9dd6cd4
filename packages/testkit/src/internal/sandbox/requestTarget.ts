/** What a request is sent to, as it stands on the wire. */

/** Without the query. */
export const pathOf = (url: string): string => {
  const end = url.indexOf("?")
  return end === -1 ? url : url.slice(0, end)
}

export const queryOf = (url: string): URLSearchParams => {
  const end = url.indexOf("?")
  return new URLSearchParams(end === -1 ? "" : url.slice(end + 1))
}

const canBeDecoded = (target: string): boolean => {
  try {
    decodeURI(target)
    return true
  } catch {
    return false
  }
}

/** Whether all of it can be decoded, and nobody could take it to end earlier. */
export const isWellFormed = (target: string): boolean =>
  !target.includes("#") && (!target.includes("%") || canBeDecoded(target))
