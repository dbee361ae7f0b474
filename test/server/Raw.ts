/** Requests byte by byte, as no client library would send them. */
import { connect } from "node:net"

/** What came back on a socket until it was closed, or the given milliseconds were over. */
export interface RawAnswer {
  readonly status: number
  readonly text: string
  readonly closed: boolean
}

/** Sends bytes to a port of this machine and reads until the other side closes, or an answer is whole. */
export const raw = (port: number, bytes: string, patience = 300_000): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    let text = ""
    const end = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text, closed })
    }
    const timer = setTimeout(() => end(false), patience)
    socket.setEncoding("utf8").on("data", (part) => {
      text += part
      if (isWhole(text)) end(false)
    })
    socket.on("error", () => {}).on("close", () => end(true))
    socket.write(bytes)
  })

const isWhole = (text: string): boolean => {
  const at = text.indexOf("\r\n\r\n")
  const length = /^content-length: *(\d+)/im.exec(text)?.[1]
  return at >= 0 && length !== undefined && text.length >= at + 4 + Number(length)
}
