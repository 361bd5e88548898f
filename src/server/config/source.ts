// A setting as it was given, and where.

export interface Source {
  readonly name: string
  readonly value: string
  /** For messages: '--set', 'server.properties:12', 'COHORT_NUM_PARTITIONS'. */
  readonly origin: string
}
