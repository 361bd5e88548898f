// Addresses as Kafka writes them.

import { isIPv4, isIPv6 } from 'node:net'

const MAPPED = '::ffff:'

/** A client's host as Java's InetAddress prints it: '/127.0.0.1', '/0:0:0:0:0:0:0:1'. */
export function javaHost(address: string): string {
  const plain =
    address.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length))
      ? address.slice(MAPPED.length)
      : address
  return `/${isIPv6(plain) ? expandIPv6(plain) : plain}`
}

/** Eight groups without leading zeros and without '::'. */
function expandIPv6(address: string): string {
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array<string>(zeros).fill('0'), ...after].join(':')
}
