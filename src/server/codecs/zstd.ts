// Zstandard (RFC 8878): frames of blocks, a block being literals and sequences that copy from what was unpacked before. No
// dictionaries; checksums are not looked at, the batch has its own. What we write ourselves is only stored.

import { Output } from './output.js'
import {
  type Codes,
  type Kind,
  LITERAL_LENGTHS,
  LITERALS,
  MATCH_LENGTHS,
  MATCHES,
  OFFSETS,
} from './zstd-codes.js'
import {
  BackwardBits,
  type FseTable,
  type HuffmanTable,
  huffmanDecode,
  readFseTable,
  readHuffman,
  singleSymbol,
} from './zstd-entropy.js'

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const MAX_BLOCK_BYTES = 131_072
const RAW = 0
const RLE = 1
const COMPRESSED = 2

/** What a frame's blocks leave to the next one. */
interface Frame {
  huffman: HuffmanTable | undefined
  readonly tables: Map<Kind, FseTable>
  readonly offsets: [number, number, number]
}

/** Throws RangeError for bytes that are not zstd, and for more than `maxBytes`. */
export function unzstd(bytes: Buffer, maxBytes: number): Buffer {
  const out = new Output(maxBytes)
  for (let at = 0; at < bytes.length; ) {
    const magic = bytes.readUInt32LE(at)
    if ((magic & ~15) >>> 0 === SKIPPABLE) at += 8 + bytes.readUInt32LE(at + 4)
    else if (magic === MAGIC) at = unpackFrame(bytes, at + 4, out)
    else throw new RangeError('not a zstd frame')
  }
  return out.bytes()
}

function unpackFrame(bytes: Buffer, start: number, out: Output): number {
  const descriptor = bytes.readUInt8(start)
  const isSingle = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number
  const contentSizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
  let at = start + 1 + (isSingle ? 0 : 1) + dictionaryBytes + contentSizeBytes
  const frame: Frame = { huffman: undefined, tables: new Map(), offsets: [1, 4, 8] }
  for (let isLast = false; !isLast; ) {
    const header = bytes.readUIntLE(at, 3)
    at += 3
    isLast = (header & 1) === 1
    const [type, size] = [(header >> 1) & 3, header >> 3]
    const taken = type === RLE ? 1 : size
    if (at + taken > bytes.length || size > MAX_BLOCK_BYTES) throw new RangeError(`a block of ${size} bytes`)
    const block = bytes.subarray(at, at + taken)
    if (type === RAW) out.put(block)
    else if (type === RLE) out.put(Buffer.alloc(size, block))
    else if (type === COMPRESSED) unpackBlock(block, frame, out)
    else throw new RangeError('a block of an unknown type')
    at += taken
  }
  return at + (descriptor & 4 ? 4 : 0)
}

function unpackBlock(block: Buffer, frame: Frame, out: Output): void {
  const { literals, end } = readLiterals(block, frame)
  const sequences = block.subarray(end)
  const first = sequences.readUInt8(0)
  if (first === 0) return out.put(literals)
  let at = 1
  let count = first
  if (first === 255) {
    count = sequences.readUInt16LE(1) + 0x7f00
    at = 3
  } else if (first >= 128) {
    count = ((first - 128) << 8) + sequences.readUInt8(1)
    at = 2
  }
  const modes = sequences.readUInt8(at++)
  const next = (kind: Kind, mode: number): FseTable => {
    const read = readTable(sequences.subarray(at), kind, mode, frame)
    at += read.sizeBytes
    frame.tables.set(kind, read.table)
    return read.table
  }
  const ll = next(LITERALS, modes >> 6)
  const of = next(OFFSETS, (modes >> 4) & 3)
  const ml = next(MATCHES, (modes >> 2) & 3)
  execute(new BackwardBits(sequences.subarray(at)), count, { ll, of, ml }, literals, frame, out)
}

function readTable(
  bytes: Buffer,
  kind: Kind,
  mode: number,
  frame: Frame,
): { table: FseTable; sizeBytes: number } {
  if (mode === 0) return { table: kind.usual, sizeBytes: 0 }
  if (mode === 1) return { table: singleSymbol(bytes.readUInt8(0)), sizeBytes: 1 }
  if (mode === 2) return readFseTable(bytes, kind.maxLog)
  const table = frame.tables.get(kind)
  if (table === undefined) throw new RangeError('a table that was not there before')
  return { table, sizeBytes: 0 }
}

function execute(
  bits: BackwardBits,
  count: number,
  { ll, of, ml }: { ll: FseTable; of: FseTable; ml: FseTable },
  literals: Buffer,
  { offsets }: Frame,
  out: Output,
): void {
  let [llState, ofState, mlState] = [
    bits.read(ll.accuracyLog),
    bits.read(of.accuracyLog),
    bits.read(ml.accuracyLog),
  ]
  const value = (codes: Codes, code: number) => {
    const known = codes[code]
    if (known === undefined) throw new RangeError(`code ${code}`)
    return known[0] + bits.read(known[1])
  }
  const step = (table: FseTable, state: number) =>
    (table.bases[state] as number) + bits.read(table.bits[state] as number)
  let used = 0
  for (let i = 0; i < count; i++) {
    const ofCode = of.symbols[ofState] as number
    const offsetValue = 2 ** ofCode + bits.read(ofCode)
    const matchBytes = value(MATCH_LENGTHS, ml.symbols[mlState] as number)
    const literalBytes = value(LITERAL_LENGTHS, ll.symbols[llState] as number)
    if (i < count - 1) {
      llState = step(ll, llState)
      mlState = step(ml, mlState)
      ofState = step(of, ofState)
    }
    if (bits.left < 0 || used + literalBytes > literals.length)
      throw new RangeError('sequences that are cut off')
    out.put(literals.subarray(used, used + literalBytes))
    used += literalBytes
    out.repeat(offsetOf(offsetValue, literalBytes, offsets), matchBytes)
  }
  out.put(literals.subarray(used))
}

/** Values up to 3 name one of the last three offsets. */
function offsetOf(value: number, literalBytes: number, last: [number, number, number]): number {
  const index = value > 3 ? 3 : value - 1 + (literalBytes === 0 ? 1 : 0)
  const offset = value > 3 ? value - 3 : index === 3 ? last[0] - 1 : (last[index] as number)
  if (value > 3 || index >= 2) last[2] = last[1]
  if (index !== 0) last[1] = last[0]
  last[0] = offset
  return offset
}

function readLiterals(block: Buffer, frame: Frame): { literals: Buffer; end: number } {
  const first = block.readUInt8(0)
  const [type, format] = [first & 3, (first >> 2) & 3]
  if (type === RAW || type === RLE) {
    const headerBytes = [1, 2, 1, 3][format] as number
    const size = headerBytes === 1 ? first >> 3 : block.readUIntLE(0, headerBytes) >> 4
    const end = headerBytes + (type === RAW ? size : 1)
    if (end > block.length || size > MAX_BLOCK_BYTES) throw new RangeError(`${size} literals`)
    const literals = block.subarray(headerBytes, end)
    return { literals: type === RAW ? literals : Buffer.alloc(size, literals), end }
  }
  const [headerBytes, width] = [
    [3, 10],
    [3, 10],
    [4, 14],
    [5, 18],
  ][format] as [number, number]
  const sizes = Math.floor(block.readUIntLE(0, headerBytes) / 16)
  const [size, packedBytes] = [sizes % 2 ** width, Math.floor(sizes / 2 ** width)]
  const end = headerBytes + packedBytes
  if (end > block.length || size > MAX_BLOCK_BYTES) throw new RangeError(`${size} literals`)
  let packed = block.subarray(headerBytes, end)
  if (type === COMPRESSED) {
    const read = readHuffman(packed)
    frame.huffman = read.table
    packed = packed.subarray(read.sizeBytes)
  }
  if (frame.huffman === undefined) throw new RangeError('literals without a table')
  const literals = Buffer.alloc(size)
  if (format === 0) huffmanDecode(frame.huffman, packed, literals)
  else decodeFour(frame.huffman, packed, literals)
  return { literals, end }
}

function decodeFour(table: HuffmanTable, packed: Buffer, literals: Buffer): void {
  const quarter = (literals.length + 3) >> 2
  let at = 6
  for (let i = 0; i < 4; i++) {
    const end = i < 3 ? at + packed.readUInt16LE(i * 2) : packed.length
    huffmanDecode(
      table,
      packed.subarray(at, end),
      literals.subarray(i * quarter, i < 3 ? (i + 1) * quarter : undefined),
    )
    at = end
  }
}

export function storeZstd(bytes: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt32LE(MAGIC)
  head.writeUInt8(0xa0, 4) // one segment, its size in four bytes
  head.writeUInt32LE(bytes.length, 5)
  const parts: Buffer[] = [head]
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_BLOCK_BYTES) {
    const block = bytes.subarray(at, at + MAX_BLOCK_BYTES)
    const isLast = at + MAX_BLOCK_BYTES >= bytes.length
    const header = Buffer.alloc(3)
    header.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3)
    parts.push(header, block)
  }
  return Buffer.concat(parts)
}
