// Which partition of __consumer_offsets a group belongs to (Kafka: Utils.abs(groupId.hashCode()) % partitions).

/** Java's String.hashCode over UTF-16 code units; its absolute value, with that of -2^31 being 0. */
export function partitionFor(groupId: string, partitions: number): number {
  let hash = 0
  for (let i = 0; i < groupId.length; i++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(i)) | 0
  return (hash === -0x80000000 ? 0 : Math.abs(hash)) % partitions
}
