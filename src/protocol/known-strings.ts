// Ids of groups, members and clients and names of topics come again with every request. Whoever reads them is given the string of the
// time before: nothing is decoded, its hash is known, and it is found in a Map by identity.

/** Powers of two. What falls on the same place drives out what was there; where that happens often there are to be more places. */
const FIRST_PLACES = 1024
const MAX_PLACES = 65_536
const GROWTH = 8
const MAX_BYTES = 64
/** So many at the end tell ids apart: they are counted, or random. */
const TELLING_BYTES = 8

const places = (count: number) => new Array<string>(count).fill('')

let known = places(FIRST_PLACES)
let drivenOut = 0

/** The UTF-8 of these bytes, which must be there; U+FFFD for what is none. */
export function readString(bytes: Buffer, at: number, size: number): string {
  if (size === 0) return ''
  if (size > MAX_BYTES) return bytes.toString('utf8', at, at + size)
  const place = placeOf(bytes, at, size)
  const there = known[place] as string
  if (isAscii(there, bytes, at, size)) return there
  const read = bytes.toString('utf8', at, at + size)
  if (read.length === size) know(place, read) // ASCII: whatever else is valid has fewer characters than bytes
  return read
}

function know(place: number, read: string): void {
  if (known[place] !== '' && ++drivenOut > known.length && known.length < MAX_PLACES) {
    known = places(known.length * GROWTH) // they come again
    drivenOut = 0
  } else known[place] = read
}

function placeOf(bytes: Buffer, at: number, size: number): number {
  let hash = size
  for (let i = Math.max(0, size - TELLING_BYTES); i < size; i++)
    hash = Math.imul(hash, 31) + (bytes[at + i] as number)
  return (hash ^ (hash >>> 13)) & (known.length - 1)
}

/** Whether the bytes are this string, a character each. */
function isAscii(text: string, bytes: Buffer, at: number, size: number): boolean {
  if (text.length !== size) return false
  for (let i = size - 1; i >= 0; i--) if (text.charCodeAt(i) !== bytes[at + i]) return false
  return true
}
