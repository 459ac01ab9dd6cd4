/**
 * A load that costs almost nothing: one request, as bytes, again and again on a few sockets. So the server is what is
 * measured.
 */
import { connect, type Socket } from "node:net"

interface Load {
  /** Makes at least so many calls, and returns their number. */
  readonly run: (calls: number) => Promise<number>
  readonly close: () => void
}

const contentLength = /^content-length: *(\d+)/im

/** The length of the first answer in bytes, once its head has come. */
const sizeOf = (received: string): number | undefined => {
  const end = received.indexOf("\r\n\r\n")
  if (end === -1) return undefined
  if (!received.startsWith("HTTP/1.1 200")) throw new Error(`The server answered ${received.slice(0, 40)}`)
  const [, length] = contentLength.exec(received.slice(0, end)) ?? []
  if (length === undefined) throw new Error("The server did not say how long its answer is.")
  return end + 4 + Number(length)
}

/** Sends the request again at each answer, until it is stopped. */
const converse = (socket: Socket, request: string, mayGoOn: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    let received = ""
    const onData = (data: string) => {
      received += data
      const size = sizeOf(received)
      if (size === undefined || received.length < size) return
      received = received.slice(size)
      if (mayGoOn()) socket.write(request)
      else {
        socket.off("data", onData).off("error", reject)
        resolve()
      }
    }
    socket.on("data", onData).on("error", reject)
    socket.write(request)
  })

export const makeLoad = (origin: string, atOnce: number, path: string, token: string): Load => {
  const { hostname, host, port } = new URL(origin)
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nAuthorization: Token ${token}\r\n\r\n`
  const sockets = Array.from({ length: atOnce }, () =>
    connect(Number(port), hostname).setNoDelay().setEncoding("latin1"),
  )
  return {
    run: async (calls) => {
      let left = Math.max(0, calls - atOnce)
      await Promise.all(sockets.map((socket) => converse(socket, request, () => left-- > 0)))
      return Math.max(calls, atOnce)
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
