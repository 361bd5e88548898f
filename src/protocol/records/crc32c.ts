// CRC-32C (Castagnoli), reflected polynomial 0x82F63B78, as record batches carry it. Eight tables, eight bytes a turn.
// node:zlib's crc32 is another polynomial.

const POLYNOMIAL = 0x82f63b78
const SLICES = 8

const TABLES: readonly Uint32Array[] = makeTables()

function makeTables(): Uint32Array[] {
  const tables = Array.from({ length: SLICES }, () => new Uint32Array(256))
  const [first] = tables as [Uint32Array]
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    first[byte] = crc
  }
  for (let slice = 1; slice < SLICES; slice++) {
    const [table, before] = [tables[slice] as Uint32Array, tables[slice - 1] as Uint32Array]
    for (let byte = 0; byte < 256; byte++) {
      const crc = before[byte] as number
      table[byte] = (crc >>> 8) ^ (first[crc & 0xff] as number)
    }
  }
  return tables
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
]

const at = (table: Uint32Array, byte: number) => table[byte & 0xff] as number

/** Of `bytes` from `start` to `end`, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffffffff
  let i = start
  for (const last = end - SLICES; i <= last; i += SLICES) {
    const b = bytes as { [index: number]: number }
    const low =
      crc ^
      ((b[i] as number) |
        ((b[i + 1] as number) << 8) |
        ((b[i + 2] as number) << 16) |
        ((b[i + 3] as number) << 24))
    crc =
      at(T7, low) ^
      at(T6, low >>> 8) ^
      at(T5, low >>> 16) ^
      at(T4, low >>> 24) ^
      at(T3, b[i + 4] as number) ^
      at(T2, b[i + 5] as number) ^
      at(T1, b[i + 6] as number) ^
      at(T0, b[i + 7] as number)
  }
  for (; i < end; i++) crc = at(T0, crc ^ (bytes[i] as number)) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
