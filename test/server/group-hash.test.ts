import { expect, it } from 'vitest'
import { partitionFor } from '../../src/server/group-hash.js'
import { javaHost } from '../../src/server/hosts.js'

it.each([
  ['my-group', 12],
  ['test-consumer-group', 31],
  ['connect-cluster', 13],
  ['grp', 29],
  ['a', 47],
  ['consumer-group-1', 20],
  ['polygenelubricants', 0],
  ['', 0],
  ['Ünïcode', 14],
])('group %j belongs to partition %i of 50, as in Kafka (Q19)', (groupId, partition) => {
  expect(partitionFor(groupId, 50)).toBe(partition)
})

it.each([
  ['127.0.0.1', '/127.0.0.1'],
  ['::ffff:10.0.0.1', '/10.0.0.1'],
  ['::1', '/0:0:0:0:0:0:0:1'],
  ['fe80::1:2%eth0', '/fe80:0:0:0:0:0:1:2'],
])('%s is written %s, as Java does', (address, host) => {
  expect(javaHost(address)).toBe(host)
})
