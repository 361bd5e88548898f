// CRC-32 (IEEE, reflected polynomial 0xEDB88320), which messages of magic 0 and 1 carry; batches have crc32c.ts.

/** Made when first needed. */
let table: Uint32Array | undefined

const makeTable = () =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    return crc
  })

/** Of `bytes` from `start` to `end`, as an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  table ??= makeTable()
  let crc = 0xffffffff
  for (let i = start; i < end; i++) {
    crc = (table[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8)
  }
  return (crc ^ 0xffffffff) >>> 0
}
