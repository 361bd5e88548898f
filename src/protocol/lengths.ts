// How long things may be on the wire, and what is said of those that are longer, or missing.

export const UUID_BYTES = 16

/** The longest string, in bytes of UTF-8, in either form. */
export const MAX_STRING_BYTES = 0x7fff

export const tooLong = (type: string, size: number, max: number): string =>
  `${type} of ${size} bytes; ${max} are allowed`

/** While reading. */
export const nullBefore = (place: number): string => `null before byte ${place}, where a value is due`

/** While writing. */
export const nullDue = (): RangeError => new RangeError('null where a value is due')
