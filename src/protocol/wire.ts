// What stands on the wire: who reads it and who writes it.

export { Reader } from './reader.js'
export { Writer } from './writer.js'

/** The uuid of nothing (Kafka: Uuid.ZERO_UUID). */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'
