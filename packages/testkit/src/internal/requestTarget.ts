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

/** Whether all of it can be decoded, and nobody could take it to end earlier. */
export const isWellFormed = (target: string): boolean => {
  try {
    decodeURI(target)
    return !target.includes("#")
  } catch {
    return false
  }
}
