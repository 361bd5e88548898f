// docs/http.md: its requests are sent as they stand, and its table has every operation.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OPERATIONS } from '../../src/control/table.js'
import { serveHttp, startCohort } from '../../src/index.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/http.md'), 'utf8')

it('every request of the page is answered', async () => {
  await using cohort = await startCohort()
  const server = await serveHttp(cohort, { port: 0 })
  try {
    const requests = [...page.matchAll(/^```http\n(\w+) (\S+)\n([\s\S]*?)^```$/gm)]
    expect(requests.length).toBeGreaterThan(5)
    for (const [, method = '', path, body = ''] of requests) {
      const answer = await fetch(`${server.url}${path}`, { method, ...(body === '' ? {} : { body }) })
      const text = await answer.text()
      expect(answer.ok, `${method} ${path}: ${text}`).toBe(true)
    }
  } finally {
    await server.close()
  }
})

it('the table has every operation', () => {
  const rows = OPERATIONS.map(
    ({ name, method, path, summary }) =>
      `| \`${name}\` | ${method} ${path.replace('/brokers/{broker}', '…').replace(/^…$/, '/brokers/{broker}')} | ${summary} |`,
  )
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows)
})
