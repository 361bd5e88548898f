// Colours of a terminal, where there are any: a tone says what something means, and here is what that looks like.

export type Tone = 'good' | 'wait' | 'bad' | 'faint' | 'strong' | Owner
/** Members are told apart by colour, as far as colours go. */
type Owner = 'owner0' | 'owner1' | 'owner2' | 'owner3' | 'owner4' | 'owner5'

/** Select Graphic Rendition (ECMA-48, 8.3.117). */
const CODES: Readonly<Record<Tone, number>> = {
  good: 32,
  wait: 33,
  bad: 31,
  faint: 2,
  strong: 1,
  owner0: 36,
  owner1: 35,
  owner2: 34,
  owner3: 96,
  owner4: 95,
  owner5: 94,
}
const OWNERS = 6

/** A piece of a line. */
export interface Piece {
  readonly text: string
  readonly tone: Tone | null
}

export const plain = (text: string): Piece => ({ text, tone: null })
export const toned = (tone: Tone, text: string): Piece => ({ text, tone })

/** Neighbours of one tone share their codes. */
export function painted(pieces: readonly Piece[], hasColour: boolean): string {
  if (!hasColour) return pieces.map(({ text }) => text).join('')
  const merged: { text: string; tone: Tone | null }[] = []
  for (const { text, tone } of pieces) {
    const last = merged.at(-1)
    if (last?.tone === tone) last.text += text
    else merged.push({ text, tone })
  }
  return merged
    .map(({ text, tone }) => (tone === null || text === '' ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`))
    .join('')
}

export function ownerTone(letter: string): Tone {
  return `owner${letter.charCodeAt(0) % OWNERS}` as Owner
}

/** At the most so many characters, codes not counted; the rest is cut off. */
export function clipped(pieces: readonly Piece[], columns: number): Piece[] {
  const kept: Piece[] = []
  let left = columns
  for (const { text, tone } of pieces) {
    if (left <= 0) break
    const characters = [...text]
    kept.push({ text: characters.length > left ? characters.slice(0, left).join('') : text, tone })
    left -= characters.length
  }
  return kept
}
