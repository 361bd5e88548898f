// Findings as text for people and as JSON for programs.

import { terminalText } from '../observe/terminal-text.js'
import { type Finding, SEVERITIES, type Severity } from './rule.js'

const WIDTH = 100
const INDENT = '    '

/** One finding: what is the matter, what was seen, why, what to set, who says so. Ends without a line end. */
export function reportText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing to report.'
  return [...findings.map(findingText), summary(findings)].join('\n\n')
}

function findingText({ rule, severity, title, group, ...finding }: Finding): string {
  const where = group === null ? '' : `group '${group}': `
  const seen = finding.evidence.map(({ atMs, line, text }) => {
    const at = atMs === null ? '' : `${new Date(atMs).toISOString()} `
    return `${at}${text}${line === null ? '' : ` (line ${line})`}`
  })
  return [
    wrapped(`${rule} ${severity}: ${where}${finding.headline}`, '', `${INDENT}`),
    ...seen.map((line) => wrapped(line, `${INDENT}seen  `, `${INDENT}      `)),
    wrapped(finding.explanation, `${INDENT}why   `, `${INDENT}      `),
    wrapped(finding.remedy, `${INDENT}set   `, `${INDENT}      `),
    wrapped(`${title}: ${finding.source}`, `${INDENT}from  `, `${INDENT}      `),
  ].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const counted = SEVERITIES.flatMap((severity) => {
    const n = findings.filter((finding) => finding.severity === severity).length
    if (n === 0) return []
    return [severity === 'info' ? `${n} for information` : `${n} ${severity}${n === 1 ? '' : 's'}`]
  })
  return `${findings.length === 1 ? '1 finding' : `${findings.length} findings`}: ${counted.join(', ')}.`
}

function wrapped(text: string, first: string, next: string): string {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of terminalText(text).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = next
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line].join('\n')
}

/** One object: findings with times in ISO 8601, and how many there are of each severity. */
export function reportJson(findings: readonly Finding[]): string {
  const told = findings.map(({ evidence, ...finding }) => ({
    ...finding,
    evidence: evidence.map(({ atMs, line, text }) => ({
      at: atMs === null ? null : new Date(atMs).toISOString(),
      line,
      text,
    })),
  }))
  const counts = Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity,
      findings.filter((finding) => finding.severity === severity).length,
    ]),
  )
  return JSON.stringify({ findings: told, counts }, null, 2)
}

/** Whether there is one of this severity or worse. */
export function isWorthFailing(findings: readonly Finding[], least: Severity): boolean {
  return findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least))
}
