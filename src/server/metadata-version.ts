// The feature `metadata.version`: which it could be, and which it is. Administrators' pages tell Kafka's release by it (KIP-584;
// Kafka: MetadataVersion). Other features are advertised when they are here: a client takes group.version for KIP-848.

export interface MetadataVersion {
  readonly least: number
  readonly most: number
}

/** 3.3-IV3 to 4.4-IV2 */
export const KAFKA_4_4: MetadataVersion = { least: 7, most: 33 }
/** 3.0-IV1 to 3.9-IV0 */
export const KAFKA_3_9: MetadataVersion = { least: 1, most: 21 }
