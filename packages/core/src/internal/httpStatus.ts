/** The standard phrases (RFC 9110), so that a person need not know the numbers by heart. */
const phrases: Readonly<Record<number, string>> = {
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
}

/** `404 Not Found`, or only the number where it has no well-known phrase. */
export const describeStatus = (status: number): string => {
  const phrase = phrases[status]
  return phrase === undefined ? `${status}` : `${status} ${phrase}`
}
