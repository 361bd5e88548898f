// A lab's outcome as text for a terminal, as a page of docs/labs, and as JSON.

import type { Lab } from './lab.js'
import type { LabResult } from './run.js'
import { LEGEND } from './timeline.js'

const TEXT_WIDTH = 100

export function reportText({ lab, seed, runs, timelines, findings }: LabResult): string {
  const said = findings.map(({ holds, text }) => (holds ? text : `Not so with seed ${seed}: ${text}`))
  const sections = [
    wrap(`${lab.id}: ${lab.question}`),
    wrap(lab.setting),
    ...timelines.map(({ variant, lines }) => `${variant}\n\n${lines.join('\n')}`),
    timelines.length > 0 ? LEGEND : '',
    tableText(lab, runs),
    wrap(`Look at: ${lab.look}`),
    `What it says\n${list(said)}`,
    `What to set\n${list(lab.advice)}`,
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

const list = (items: readonly string[]) => items.map((item) => wrap(`- ${item}`, TEXT_WIDTH, '  ')).join('\n')

/** A page of docs/labs; scripts/labs.mjs writes it. */
export function reportPage({ lab, runs, timelines, findings }: LabResult): string {
  const sections = [
    `# ${lab.question}`,
    `${lab.setting} \`cohort lab ${lab.id}\` plays it.`,
    fenced(tableText(lab, runs)),
    ...timelines.map(({ variant, lines }) => `${variant}:\n\n${fenced(lines.join('\n'))}`),
    timelines.length > 0 ? fenced(LEGEND) : '',
    `Look at: ${lab.look}`,
    '## What it says',
    findings.map(({ text }) => `- ${text}`).join('\n'),
    '## What to set',
    lab.advice.map((line) => `- ${line}`).join('\n'),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** docs/labs/README.md. */
export function reportIndex(labs: readonly Lab[]): string {
  const rows = labs.map(({ id, question }) => `| [${id}](${id}.md) | ${question} |`)
  return `${INDEX_HEAD}\n| lab | question |\n| --- | --- |\n${rows.join('\n')}\n${INDEX_FOOT}`
}

const INDEX_HEAD = `# Labs

Questions that people ask about consumer groups, each played in a few variants and measured. \`cohort lab\` lists them, \`cohort lab NAME\` plays
one in a second or two, without a broker and without code; \`--seed N\` plays it with another chance, \`--json\` gives the figures.

What is real: the coordinator and the log are Cohort's own, hosted by its own runtime, and everything between clients and coordinator is the group
protocol with its error codes and timers. What is simulated: time, the network (connections that behave like TCP), brokers that decide in no
time, and the clients. These are models written after the sources of the Java client, kafkajs 2.2 and ruby-kafka 1.x; the head of each file in
[src/simulation](../../src/simulation) says what its model leaves out. Hours of protocol take milliseconds, and a seed gives the same figures
again, to the letter. The pages are written by \`npm run labs:write\` and held to the figures by a test.
`

const INDEX_FOOT = `
## How to read them

- Figures count from the moment on when the group has settled, unless the question is about the start.
- *Without owner*: nobody who could work owned the partition. A member that stands still owns nothing for this figure, whatever it believes.
- *Records twice*: finished at least twice. *Records lost*: passed by the committed offset, and finished by nobody.
- *Living members removed*: the coordinator removed a member whose process was alive, because it did not hear of it in time.
- What a page says is checked against the figures before it is printed; with another seed a sentence may come as "Not so with seed N".
`

const fenced = (text: string) => `\`\`\`text\n${text}\n\`\`\``

export function reportJson({ lab, seed, runs, findings }: LabResult): string {
  const { id, question } = lab
  return `${JSON.stringify({ lab: id, question, seed, runs, findings }, null, 2)}\n`
}

/** Variants as rows, words on the left, figures on the right of their column. */
export function tableText(lab: Lab, runs: LabResult['runs']): string {
  const head = ['', ...lab.columns.map(({ label }) => label)]
  const rows = runs.map((run) => [run.name, ...lab.columns.map(({ value }) => value(run))])
  const headLines = head.map((label) => wrapLabel(label))
  const height = Math.max(...headLines.map((lines) => lines.length))
  const widths = head.map((_, i) => {
    return Math.max(
      ...(headLines[i] ?? []).map(({ length }) => length),
      ...rows.map((row) => row[i]?.length ?? 0),
    )
  })
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  const heads = Array.from({ length: height }, (_, i) =>
    line(headLines.map((lines) => lines[i - height + lines.length] ?? '')),
  )
  return [...heads, line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

const LABEL_WIDTH = 14

function wrapLabel(label: string): string[] {
  return wrap(label, LABEL_WIDTH).split('\n')
}

function wrap(text: string, width = TEXT_WIDTH, indent = ''): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(lines.length === 0 ? word : `${indent}${word}`)
  }
  return lines.join('\n')
}
