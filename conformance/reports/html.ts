// Results as one page that needs nothing else: per case what was expected and got, and every exchange decoded.

import type { Exchange } from '../exchange.js'
import type { Result } from '../runner.js'
import { show } from '../show.js'
import { escaped } from './markup.js'
import { SCRIPT, STYLE } from './page.data.js'
import { advertisedBy, brokersOf, countOf, type Run, skippedFor } from './summary.js'

export function asHtml(run: Run): string {
  const { passed, failed, skipped } = countOf(run.results)
  const title = `Conformance of ${escaped(brokersOf(run))}`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<h1>${title}</h1>
<p>${escaped(run.date.slice(0, 19).replace('T', ' '))} UTC, ${(run.elapsedMs / 1000).toFixed(1)} s, seed ${run.options.seed}; answers expected as of Kafka ${run.target.release}</p>
<form>
  <label><input type="checkbox" value="failed" checked> <b class="failed">${failed} failed</b></label>
  <label><input type="checkbox" value="skipped" checked> <b class="skipped">${skipped} skipped</b></label>
  <label><input type="checkbox" value="passed" checked> <b class="passed">${passed} passed</b></label>
  <input type="search" placeholder="id, title, API, answer" aria-label="search">
  <output></output>
</form>
${environment(run)}
${failedFirst(run.results).map(caseSection).join('\n')}
<script>${SCRIPT}</script>
</html>
`
}

function failedFirst(results: readonly Result[]): Result[] {
  const isFailed = ({ outcome }: Result) => outcome === 'failed'
  return [...results.filter(isFailed), ...results.filter((result) => !isFailed(result))]
}

function environment(run: Run): string {
  const { minSessionMs, maxSessionMs, initialDelayMs } = run.target.limits
  const versions = Object.entries(advertisedBy(run.target)).map(
    ([api, [first, last]]) => `<tr><td>${api}</td><td>${first}-${last}</td></tr>`,
  )
  const reasons = [...skippedFor(run.results)].map(([reason, n]) => `<li>${n}: ${escaped(reason)}</li>`)
  return `<details class="about"><summary>The broker, and why cases were skipped</summary>
<p>Sessions of ${minSessionMs} to ${maxSessionMs} ms; initial rebalance delay ${initialDelayMs} ms; ${run.target.isCluster ? 'several brokers' : 'one broker'}; ${run.target.hasAuthorizer ? 'an authorizer' : 'no authorizer'}.</p>
<ul>${reasons.join('')}</ul>
<table><tr><th>API</th><th>versions</th></tr>${versions.join('')}</table></details>`
}

function caseSection({ id, title, level, source, outcome, detail, elapsedMs, mismatch, exchanges }: Result) {
  const compared =
    mismatch === undefined
      ? detail && `<pre>${escaped(detail)}</pre>`
      : `<p>${escaped(mismatch.what)}</p><div class="pair"><figure><figcaption>expected</figcaption><pre>${json(mismatch.expected)}</pre></figure><figure><figcaption>got</figcaption><pre>${json(mismatch.got)}</pre></figure></div>`
  return `<details class="case ${outcome}"${outcome === 'failed' ? ' open' : ''}>
<summary><i>${outcome}</i> <code>${escaped(id)}</code> ${escaped(title)}</summary>
<p>${level}, ${escaped(source)}, ${elapsedMs} ms</p>
${compared}
${exchanges.map(exchangeRow).join('\n')}
</details>`
}

function exchangeRow({ connection, atMs, api, version, request, response, failure, tookMs }: Exchange) {
  const name = api === null ? 'bytes' : `${api} v${version}`
  const took = tookMs === undefined ? '' : `, answered after ${tookMs.toFixed(1)} ms`
  const answer =
    failure === undefined ? (tookMs === undefined ? 'not answered' : json(response)) : escaped(failure)
  return `<div class="exchange"><h2>${escaped(name)} <small>connection ${connection}, at ${atMs.toFixed(1)} ms${took}</small></h2>
<div class="pair"><pre>${json(request)}</pre><pre>${answer}</pre></div></div>`
}

const json = (value: unknown) => escapeText(show(value, 1))
/** Line ends stay line ends within a <pre>. */
const escapeText = (text: string) => text.split('\n').map(escaped).join('\n')
