// The codes of sequences in zstd blocks (RFC 8878, 3.1.1.3.2.1): what each stands for, and the tables that are meant where a block
// brings none.

import { type FseTable, fseTable } from './zstd-entropy.js'

/** Code -> where its values begin, and how many bits say the rest. */
export type Codes = readonly (readonly [base: number, bits: number])[]

const upTo = (count: number, first: number): Codes => Array.from({ length: count }, (_, i) => [first + i, 0])
const growing = (first: number, bits: readonly number[]): Codes => {
  let base = first
  return bits.map((count) => {
    const code = [base, count] as const
    base += 2 ** count
    return code
  })
}

export const LITERAL_LENGTHS: Codes = [
  ...upTo(16, 0),
  ...growing(16, [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
]
export const MATCH_LENGTHS: Codes = [
  ...upTo(32, 3),
  ...growing(35, [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
]
const ones = (count: number) => Array<number>(count).fill(1)
const twos = (count: number) => Array<number>(count).fill(2)
const rare = (count: number) => Array<number>(count).fill(-1)
const USUAL_LITERALS = [4, 3, ...twos(11), ...ones(3), ...twos(9), 3, 2, ...ones(5), ...rare(4)]
const USUAL_OFFSETS = [...ones(6), ...twos(3), ...ones(15), ...rare(5)]
const USUAL_MATCHES = [1, 4, 3, ...twos(6), ...ones(37), ...rare(7)]

export interface Kind {
  readonly usual: FseTable
  readonly maxLog: number
}
export const LITERALS = kind(USUAL_LITERALS, 6, 9)
export const OFFSETS = kind(USUAL_OFFSETS, 5, 8)
export const MATCHES = kind(USUAL_MATCHES, 6, 9)

/** The usual table is made when first needed. */
function kind(usual: readonly number[], log: number, maxLog: number): Kind {
  let table: FseTable | undefined
  return {
    get usual() {
      table ??= fseTable(usual, log)
      return table
    },
    maxLog,
  }
}
