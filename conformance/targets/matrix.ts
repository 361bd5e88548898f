// The result columns, side by side: docs/conformance/matrix.md, and the short table of the README.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LEVELS } from '../case.js'
import { cases } from '../cases/index.js'
import { PLANS } from './configurations.js'
import { DOCS, outcomeOf, readResults, type TargetResults } from './results.js'

const README = join(DOCS, '../../README.md')
const [BEGIN, END] = ['<!-- conformance -->', '<!-- /conformance -->']
/** Every advertised version of each is to be sent by some case. */
const APIS = [
  ...['JoinGroup', 'SyncGroup', 'Heartbeat', 'LeaveGroup', 'OffsetCommit', 'OffsetFetch', 'OffsetDelete'],
  ...['FindCoordinator', 'DescribeGroups', 'ListGroups', 'DeleteGroups', 'ApiVersions'],
  ...['Produce', 'InitProducerId', 'Fetch', 'ListOffsets', 'OffsetForLeaderEpoch', 'DeleteRecords'],
  ...['Metadata', 'DescribeCluster', 'DescribeTopicPartitions', 'DescribeLogDirs', 'CreateTopics'],
  ...['DeleteTopics', 'CreatePartitions', 'DescribeConfigs', 'AlterConfigs', 'IncrementalAlterConfigs'],
]
const MARKS: Readonly<Record<string, string>> = { passed: 'yes', failed: '**no**', skipped: '-' }

const subjectOf = (id: string) => id.split('/').slice(0, 2).join('/')
const verdictOf = (results: TargetResults, id: string) => outcomeOf(results, id).split(':')[0] as string
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

export function writeMatrix(): void {
  const columns = PLANS.flatMap(({ key }) => readResults(key) ?? [])
  writeFileSync(join(DOCS, 'matrix.md'), matrix(columns))
  const readme = readFileSync(README, 'utf8')
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (before < 0 || after < 0) throw new Error(`README.md lacks ${BEGIN} or ${END}`)
  const short = `${BEGIN}\n${totals(columns)}\n`
  writeFileSync(README, readme.slice(0, before) + short + readme.slice(after))
}

function matrix(columns: readonly TargetResults[]): string {
  return `# Conformance: results

Written by \`npm run conformance:kafka -- --slow\`. A case counts as passed when it passed in at least one configuration and failed in
none; as skipped when no configuration had what it needs.

${totals(columns)}

## By level

${table(columns, LEVELS, (level) => cases.filter((each) => each.level === level).map(({ id }) => id))}

## By subject

${table(columns, [...new Set(cases.map(({ id }) => subjectOf(id)))], (subject) =>
  cases.map(({ id }) => id).filter((id) => subjectOf(id) === subject),
)}

## By API

How many cases send it, also on the way to something else, and the versions that passing cases sent of those that are advertised.

${apis(columns)}

## Configurations

${configurations(columns)}

## Every case

${row(['case', 'level', ...columns.map(({ title }) => title)])}
${row(['---', '---', ...columns.map(() => '---')])}
${cases
  .map(({ id, level, title }) =>
    row([`\`${id}\` ${title}`, level, ...columns.map((each) => MARKS[verdictOf(each, id)] as string)]),
  )
  .join('\n')}

## What fails

${columns.map(failures).filter(Boolean).join('\n')}
## Why cases are skipped

${skips(columns)}
`
}

/** Rows of passed/failed/skipped per column. */
function table(
  columns: readonly TargetResults[],
  names: readonly string[],
  idsOf: (name: string) => string[],
) {
  const head = row(['', 'cases', ...columns.map(({ title }) => title)])
  const rows = names.map((name) => {
    const ids = idsOf(name)
    return row([name, ids.length, ...columns.map((each) => counts(each, ids))])
  })
  return [head, row(['---', '---', ...columns.map(() => '---')]), ...rows].join('\n')
}

function counts(results: TargetResults, ids: readonly string[]): string {
  const of = (outcome: string) => ids.filter((id) => verdictOf(results, id) === outcome).length
  const [passed, failed, skipped] = [of('passed'), of('failed'), of('skipped')]
  const more = [failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean)
  return [`${passed} passed`, ...more].join(', ')
}

export function totals(columns: readonly TargetResults[]): string {
  const ids = cases.map(({ id }) => id)
  const lines = columns.map((each) => {
    const of = (outcome: string) => ids.filter((id) => verdictOf(each, id) === outcome).length
    return row([
      each.title,
      of('passed'),
      of('failed'),
      of('skipped'),
      each.configurations.at(-1)?.date ?? '',
    ])
  })
  return [
    row([`${ids.length} cases`, 'passed', 'failed', 'skipped', 'run on']),
    row(['---', '---', '---', '---', '---']),
    ...lines,
  ].join('\n')
}

function apis(columns: readonly TargetResults[]): string {
  const head = row(['API', ...columns.map(({ title }) => title)])
  const rows = APIS.map((api) => row([api, ...columns.map((each) => covered(each, api))]))
  return [head, row(['---', ...columns.map(() => '---')]), ...rows].join('\n')
}

function covered({ advertised, configurations: runs }: TargetResults, api: string): string {
  const range = advertised[api]
  if (range === undefined) return 'not advertised'
  const all = Array.from({ length: range[1] - range[0] + 1 }, (_, i) => range[0] + i)
  const missing = all.filter((version) => !runs.some(({ sent }) => sent[api]?.includes(version)))
  const text = range[0] === range[1] ? `${range[0]}` : `${range[0]}-${range[1]}`
  const count = `${Math.max(...runs.map(({ casesByApi }) => casesByApi[api] ?? 0))} cases`
  return missing.length === 0 ? `${count}, all of ${text}` : `${count}, ${text} without ${missing.join(', ')}`
}

function configurations(columns: readonly TargetResults[]): string {
  const head = row(['target', 'configuration', 'passed', 'failed', 'skipped', 'seconds with start and stop'])
  const rows = columns.flatMap(({ title, configurations: runs }) =>
    runs.map(({ name, slow, passed, failed, skipped, seconds }) =>
      row([title, `${name}${slow ? ', with --slow' : ''}`, passed, failed, skipped, seconds]),
    ),
  )
  return [head, row(['---', '---', '---', '---', '---', '---']), ...rows].join('\n')
}

/** Reason -> how many cases of each target. */
function skips(columns: readonly TargetResults[]): string {
  const prefix = 'skipped: '
  const reasonsOf = (results: TargetResults) =>
    cases.flatMap(({ id }) => {
      const outcome = outcomeOf(results, id)
      return outcome.startsWith(prefix) ? [outcome.slice(prefix.length)] : []
    })
  const reasons = columns.map(reasonsOf)
  const all = [...new Set(reasons.flat())].sort()
  const count = (of: readonly string[], reason: string) => of.filter((each) => each === reason).length || ''
  return [
    row(['reason', ...columns.map(({ title }) => title)]),
    row(['---', ...columns.map(() => '---')]),
    ...all.map((reason) => row([cell(reason), ...reasons.map((of) => count(of, reason))])),
  ].join('\n')
}

/** In a table. */
const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ')

function failures(results: TargetResults): string {
  const { title } = results
  const outcomes = cases.map(({ id }) => [id, outcomeOf(results, id)] as const)
  const failed = outcomes.filter(([, outcome]) => outcome.startsWith('failed'))
  if (failed.length === 0) return ''
  return `${title}\n\n${row(['case', 'what was seen'])}\n${row(['---', '---'])}\n${failed
    .map(([id, outcome]) => row([`\`${id}\``, cell(outcome.slice('failed: '.length))]))
    .join('\n')}\n`
}
