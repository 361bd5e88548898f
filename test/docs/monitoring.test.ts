// docs/monitoring: its table has every metric, and dashboard and alerts ask for none that is not there.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { Metrics } from '../../src/monitor/metrics.js'

const folder = join(import.meta.dirname, '../../docs/monitoring')
const read = (file: string) => readFileSync(join(folder, file), 'utf8')

async function metrics(): Promise<{ name: string; help: string; labelNames: string[] }[]> {
  await using cohort = await startCohort()
  const { registry } = new Metrics({
    journal: cohort.journal,
    groupSnapshots: () => cohort.groupSnapshots(),
    lag: async () => [],
    assignedTo: () => 0,
  })
  return registry.getMetricsAsArray() as unknown as { name: string; help: string; labelNames: string[] }[]
}

it('the table has every metric', async () => {
  const rows = (await metrics()).map(
    ({ name, labelNames, help }) => `| \`${name}\` | ${labelNames.join(', ')} | ${help} |`,
  )
  const table = read('README.md')
    .split('\n')
    .filter((line) => /^\| `(cohort|kafka)_/.test(line))
  expect(table).toEqual(rows)
})

it.each(['dashboard.json', 'alerts.yaml'])(
  '%s asks for metrics that are there, by their labels',
  async (file) => {
    const known = new Map((await metrics()).map(({ name, labelNames }) => [name, labelNames]))
    const asked = [
      ...read(file).matchAll(/\b((?:cohort|kafka_server)_\w+?)(?:_bucket)?(\{[^}]*\})?(?=[^\w{])/g),
    ]
    expect(asked.length).toBeGreaterThan(8)
    for (const [, name = '', selector = ''] of asked) {
      expect([...known.keys()], name).toContain(name)
      const labels = [...selector.matchAll(/(\w+)\s*=~?|(\w+)!=/g)].map(([, a, b]) => a ?? b)
      for (const label of labels)
        expect([...(known.get(name) ?? []), 'instance', 'job'], name).toContain(label)
    }
  },
)
