// Figures as tables: the median with the least and the most, and how many times as much as the limit's, and as ours, a server needs.

import { type Figure, LIMIT, OURS, type Report, value } from './figures.js'
import type { Scenario } from './scenarios/scenario.js'
import { markdownTable, range } from './table.js'
import { verdicts } from './targets.js'

const NOT_MEASURED = 'not measured here'

export function tableOf(
  { name, measures }: Pick<Scenario, 'name' | 'measures'>,
  all: readonly Figure[],
): string[][] {
  const figures = all.filter(({ scenario }) => scenario === name)
  const rows = [...new Map(figures.map((figure) => [`${figure.part}\n${figure.server}`, figure])).values()]
  const [judged, ...others] = measures
  if (judged === undefined) throw new Error(`${name}: a scenario measures something`)
  const hasLimit = figures.some(({ server }) => server === LIMIT)
  const ratio = ({ part, server }: Figure, to: string) => {
    const of = (each: string) => value(figures, { scenario: name, part, server: each, measure: judged.key })
    const [own, other] = [of(server), of(to)]
    return server === to || own === undefined || other === undefined || other === 0
      ? ''
      : (own / other).toFixed(2)
  }
  const cell = ({ part, server }: Figure, measure: string, digits: number) => {
    const found = figures.find(
      (each) => each.part === part && each.server === server && each.measure === measure,
    )
    if (found === undefined) return ''
    return found.values.length === 0 ? NOT_MEASURED : range(found.values, digits)
  }
  return [
    ['', '', judged.label, ...(hasLimit ? ['x limit'] : []), 'x ours', ...others.map(({ label }) => label)],
    ...rows.map((row) => [
      row.part,
      row.server,
      cell(row, judged.key, judged.digits),
      ...(hasLimit ? [ratio(row, LIMIT)] : []),
      ratio(row, OURS),
      ...others.map(({ key, digits }) => cell(row, key, digits)),
    ]),
  ]
}

export function markdownOf(report: Report, scenarios: readonly Scenario[]): string {
  const parts = scenarios
    .filter(({ name }) => report.figures.some(({ scenario }) => scenario === name))
    .map(
      (scenario) =>
        `### ${scenario.title}\n\n${report.about[scenario.name]}\n\n${markdownTable(tableOf(scenario, report.figures))}`,
    )
  const targets = markdownTable(verdicts(report.figures, null))
  return [report.machine, '### Targets', targets, ...parts].join('\n\n')
}
