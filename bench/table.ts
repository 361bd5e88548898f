// Figures of several rounds as people read them: the median, with the least and the most.

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] as number

export const range = (values: readonly number[], digits = 0) =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`

type Rows = readonly (readonly string[])[]

/** Columns under each other, for a terminal. */
export function printTable(rows: Rows): void {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i] as number)).join('   '))
  console.log()
}

export function markdownTable([head = [], ...rows]: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
