// The two ways in which zstd packs symbols (RFC 8878, 4): FSE, tables of states, and Huffman codes, whose own lengths are packed
// with FSE. Bits are read backwards, from the end of what they were written to.

export class BackwardBits {
  /** Bits that are left; below 0 there are only zeros. */
  left: number
  private readonly bytes: Buffer

  constructor(bytes: Buffer) {
    const last = bytes.at(-1)
    if (last === undefined || last === 0) throw new RangeError('a bit stream without an end')
    this.bytes = bytes
    this.left = bytes.length * 8 - 1 - Math.clz32(last << 24)
  }

  read(count: number): number {
    if (count > 16) return this.read(count - 16) * 65_536 + this.read(16)
    this.left -= count
    return this.bitsAt(this.left, count)
  }

  /** The next bits, as if there were so many. */
  peek(count: number): number {
    return this.bitsAt(this.left - count, count)
  }

  private bitsAt(from: number, count: number): number {
    if (from < 0) return from + count <= 0 ? 0 : this.bitsAt(0, from + count) << -from
    const { bytes } = this
    const at = from >> 3
    const three = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    return (three >> (from & 7)) & ((1 << count) - 1)
  }
}

export interface FseTable {
  readonly accuracyLog: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
}

const highBit = (value: number) => 31 - Math.clz32(value)

/** Counts per symbol of a table of 2^accuracyLog states; -1: less than one. */
export function fseTable(counts: readonly number[], accuracyLog: number): FseTable {
  const size = 1 << accuracyLog
  const table = {
    accuracyLog,
    symbols: new Uint8Array(size),
    bits: new Uint8Array(size),
    bases: new Uint16Array(size),
  }
  const next = counts.map((count) => Math.abs(count))
  let high = size
  for (const [symbol, count] of counts.entries()) if (count === -1) table.symbols[--high] = symbol
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  for (const [symbol, count] of counts.entries()) {
    for (let i = 0; i < count; i++) {
      table.symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high)
    }
  }
  for (let state = 0; state < size; state++) {
    const symbol = table.symbols[state] as number
    const n = next[symbol] as number
    next[symbol] = n + 1
    const bits = accuracyLog - highBit(n)
    table.bits[state] = bits
    table.bases[state] = (n << bits) - size
  }
  return table
}

/** A table of one state, which is always this symbol. */
export const singleSymbol = (symbol: number): FseTable => ({
  accuracyLog: 0,
  symbols: Uint8Array.of(symbol),
  bits: Uint8Array.of(0),
  bases: Uint16Array.of(0),
})

/** A table as it stands at the beginning of `bytes`, and how many of them it takes. */
export function readFseTable(bytes: Buffer, maxLog: number): { table: FseTable; sizeBytes: number } {
  let position = 0
  const read = (count: number): number => {
    const at = position >> 3
    if (at >= bytes.length) throw new RangeError('a table that is cut off')
    const three = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    const value = (three >> (position & 7)) & ((1 << count) - 1)
    position += count
    return value
  }
  const accuracyLog = read(4) + 5
  if (accuracyLog > maxLog) throw new RangeError(`a table of 2^${accuracyLog} states`)
  const counts: number[] = []
  let remaining = 1 << accuracyLog
  while (remaining > 0) {
    const width = highBit(remaining + 1) + 1
    const lowMask = (1 << (width - 1)) - 1
    const threshold = (1 << width) - 1 - (remaining + 1)
    let value = read(width)
    if ((value & lowMask) < threshold) {
      position--
      value &= lowMask
    } else if (value > lowMask) {
      value -= threshold
    }
    const count = value - 1
    remaining -= Math.abs(count)
    counts.push(count)
    for (let repeat = count === 0 ? 3 : 0; repeat === 3; ) {
      repeat = read(2)
      for (let i = 0; i < repeat; i++) counts.push(0)
    }
    if (remaining < 0 || counts.length > 256) throw new RangeError('a table with wrong counts')
  }
  return { table: fseTable(counts, accuracyLog), sizeBytes: (position + 7) >> 3 }
}

export interface HuffmanTable {
  readonly maxBits: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
}

const MAX_WEIGHT_LOG = 6
const MAX_HUFFMAN_BITS = 11

/** A Huffman table as it stands at the beginning of `bytes`, and how many of them it takes. */
export function readHuffman(bytes: Buffer): { table: HuffmanTable; sizeBytes: number } {
  const header = bytes.readUInt8(0)
  if (header < 128) {
    const { table, sizeBytes } = readFseTable(bytes.subarray(1, 1 + header), MAX_WEIGHT_LOG)
    const weights = readWeights(table, bytes.subarray(1 + sizeBytes, 1 + header))
    return { table: huffmanTable(weights), sizeBytes: 1 + header }
  }
  const weights = Array.from({ length: header - 127 }, (_, i) => {
    const pair = bytes.readUInt8(1 + (i >> 1))
    return i % 2 === 0 ? pair >> 4 : pair & 15
  })
  return { table: huffmanTable(weights), sizeBytes: 1 + ((weights.length + 1) >> 1) }
}

/** Two states take turns until the bits are used up. */
function readWeights(table: FseTable, bytes: Buffer): number[] {
  const bits = new BackwardBits(bytes)
  const states = [bits.read(table.accuracyLog), bits.read(table.accuracyLog)]
  const weights: number[] = []
  for (let turn = 0; weights.length < 255; turn ^= 1) {
    const state = states[turn] as number
    weights.push(table.symbols[state] as number)
    states[turn] = (table.bases[state] as number) + bits.read(table.bits[state] as number)
    if (bits.left < 0) {
      weights.push(table.symbols[states[turn ^ 1] as number] as number)
      return weights
    }
  }
  throw new RangeError('too many weights')
}

/** The weight of the last symbol is what is missing to a power of two. */
function huffmanTable(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight === 0 ? 0 : 1 << (weight - 1)), 0)
  const maxBits = highBit(sum) + 1
  const missing = (1 << maxBits) - sum
  if (sum === 0 || maxBits > MAX_HUFFMAN_BITS || (missing & (missing - 1)) !== 0)
    throw new RangeError('wrong weights')
  const all = [...weights, highBit(missing) + 1]
  const table = { maxBits, symbols: new Uint8Array(1 << maxBits), bits: new Uint8Array(1 << maxBits) }
  let at = 0
  for (let weight = 1; weight <= maxBits; weight++) {
    for (const [symbol, its] of all.entries()) {
      if (its !== weight) continue
      const end = at + (1 << (weight - 1))
      table.symbols.fill(symbol, at, end)
      table.bits.fill(maxBits + 1 - weight, at, end)
      at = end
    }
  }
  return table
}

export function huffmanDecode(table: HuffmanTable, bytes: Buffer, out: Buffer): void {
  const bits = new BackwardBits(bytes)
  for (let i = 0; i < out.length; i++) {
    const code = bits.peek(table.maxBits)
    out[i] = table.symbols[code] as number
    bits.left -= table.bits[code] as number
  }
  if (bits.left !== 0) throw new RangeError('literals that do not end where their bits do')
}
