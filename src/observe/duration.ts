// '10s', '500ms', '2m', '1h', '7d', or a number of milliseconds.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

export function isDuration(value: unknown): value is Duration {
  try {
    toMs(value as Duration)
    return true
  } catch {
    return false
  }
}

/** Milliseconds. Throws TypeError for anything else. */
export function toMs(duration: Duration): number {
  if (typeof duration === 'number' && duration >= 0 && Number.isFinite(duration)) return duration
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? []
  if (amount === undefined || unit === undefined)
    throw new TypeError(`'${duration}' is no duration: milliseconds, or '500ms', '10s', '2m', '1h', '7d'`)
  return Number(amount) * (UNITS[unit] as number)
}

/** '1.5 s', '200 ms', '3 min 20 s'. */
export function fromMs(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`
  if (Math.abs(ms) < 60_000) return `${Math.round(ms / 100) / 10} s`
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  return parts
    .filter(([amount]) => amount > 0)
    .slice(0, 2)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}
