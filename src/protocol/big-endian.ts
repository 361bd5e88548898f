// Integers in network byte order, for bounds that are checked and values that fit. Buffer's own methods check both each time, which
// costs a small field more than all else.

export function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

export function int32At(bytes: Uint8Array, at: number): number {
  return (uint16At(bytes, at) << 16) | uint16At(bytes, at + 2)
}

const scratch = new DataView(new ArrayBuffer(8))

export function int64At(bytes: Uint8Array, at: number): bigint {
  scratch.setInt32(0, int32At(bytes, at))
  scratch.setInt32(4, int32At(bytes, at + 4))
  return scratch.getBigInt64(0)
}

export function putInt16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8
  bytes[at + 1] = value
}

export function putInt32(bytes: Uint8Array, at: number, value: number): void {
  putInt16(bytes, at, value >> 16)
  putInt16(bytes, at + 2, value)
}
