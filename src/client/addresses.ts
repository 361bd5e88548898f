// Bootstrap servers as every Kafka client takes them: host:port[,host:port].

import { isIPv6 } from 'node:net'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Throws TypeError with what is wrong. */
export function readAddresses(text: string): Address[] {
  return text.split(',').map((each) => {
    const [, bracketed, plain, number] = /^(?:\[([^\]\s]+)\]|([^[\]\s]+)):(\d{1,5})$/.exec(each.trim()) ?? []
    const host = bracketed ?? plain
    const port = Number(number)
    if (host === undefined || (host.includes(':') && !isIPv6(host)) || port < 1 || port > 65_535)
      throw new TypeError(`'${each}' is not host:port`)
    return { host, port }
  })
}
