// Ids of groups, members and clients and names of topics come again with every request. Whoever reads them is given the string of the
// time before: nothing is decoded, its hash is known, and it is found in a Map by identity.

/** Powers of two. Two strings have two places in common; a third drives out the older. */
const FIRST_PLACES = 2048
const MAX_PLACES = 131_072
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
  const newer = known[place] as string
  if (isAscii(newer, bytes, at, size)) return newer
  const older = known[place + 1] as string
  if (isAscii(older, bytes, at, size)) return older
  const read = bytes.toString('utf8', at, at + size)
  // ASCII: whatever else is valid has fewer characters than bytes, and what is not valid is never found again.
  if (read.length === size) know(place, read)
  return read
}

/** A text that clients will send, as the string that reading it will give: what is kept by it is found again by identity. */
export function knownString(text: string): string {
  const bytes = Buffer.from(text)
  return readString(bytes, 0, bytes.length)
}

/** Where one has driven out another for every sixteenth place, there are to be more. */
function know(place: number, read: string): void {
  const crowded = known[place + 1] !== '' && ++drivenOut > known.length / 16 && known.length < MAX_PLACES
  if (!crowded) return put(place, read)
  const before = known
  known = places(before.length * GROWTH)
  drivenOut = 0
  for (const text of [...before, read]) {
    const bytes = Buffer.from(text, 'latin1')
    if (text !== '') put(placeOf(bytes, 0, bytes.length), text)
  }
}

function put(place: number, read: string): void {
  known[place + 1] = known[place] as string
  known[place] = read
}

/** The first of two. */
function placeOf(bytes: Buffer, at: number, size: number): number {
  let hash = size
  for (let i = Math.max(0, size - TELLING_BYTES); i < size; i++)
    hash = Math.imul(hash, 31) + (bytes[at + i] as number)
  return (hash ^ (hash >>> 13)) & (known.length - 2)
}

/** Whether the bytes are this string, a character each. */
function isAscii(text: string, bytes: Buffer, at: number, size: number): boolean {
  if (text.length !== size) return false
  for (let i = size - 1; i >= 0; i--) if (text.charCodeAt(i) !== bytes[at + i]) return false
  return true
}
