// node scripts/dashboard.mjs: writes docs/monitoring/dashboard.json, the Grafana dashboard, from the panels below.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const KAFKA = 'kafka_server_group_coordinator_metrics'
const GROUP = 'instance="$instance", group=~"$group"'
const rate = (metric, by, more = '') => `sum by (${by}) (rate(${metric}{${GROUP}${more}}[$__rate_interval]))`
const quantile = (q, metric, by) =>
  `histogram_quantile(${q}, sum by (${by}, le) (rate(${metric}_bucket{${GROUP}}[$__rate_interval])))`

/** title, unit, [expression, legend]..., width in 24ths. */
const rows = [
  [
    stat('Groups', [`${KAFKA}_group_count{instance="$instance"}`, '']),
    stat('Rebalancing', [
      `sum(${KAFKA}_classic_group_count{instance="$instance", state=~"preparingrebalance|completingrebalance"})`,
      '',
    ]),
    stat('Committed offsets', [`${KAFKA}_offset_count{instance="$instance"}`, '']),
    stat('Sessions that ran out, last hour', [
      `sum(increase(cohort_group_session_expirations_total{${GROUP}}[1h]))`,
      '',
    ]),
  ],
  [
    series('Rebalances by cause', 'short', [
      [
        `sum by (group, cause) (increase(cohort_group_rebalances_total{${GROUP}}[$__rate_interval]))`,
        '{{group}}: {{cause}}',
      ],
    ]),
    series('How long a rebalance lasts, 95 %', 's', [
      [quantile(0.95, 'cohort_group_rebalance_phase_seconds', 'group, phase'), '{{group}}: {{phase}} phase'],
    ]),
  ],
  [
    series('Members', 'short', [[`cohort_group_members{${GROUP}}`, '{{group}}']]),
    series('Partitions per member', 'short', [
      [`cohort_group_member_partitions_min{${GROUP}}`, '{{group}}: fewest'],
      [`cohort_group_member_partitions_max{${GROUP}}`, '{{group}}: most'],
    ]),
  ],
  [
    series('Heartbeats per second', 'reqps', [
      [rate('cohort_group_heartbeats_total', 'group, error'), '{{group}}: {{error}}'],
    ]),
    series('Time between heartbeats', 's', [
      [quantile(0.5, 'cohort_group_heartbeat_gap_seconds', 'group'), '{{group}}: half'],
      [quantile(0.99, 'cohort_group_heartbeat_gap_seconds', 'group'), '{{group}}: 99 %'],
    ]),
  ],
  [
    series('Lag', 'short', [[`cohort_group_lag{${GROUP}}`, '{{group}}: {{topic}}']]),
    series('Commits per second', 'ops', [
      [rate('cohort_group_commits_total', 'group, error'), '{{group}}: {{error}}'],
    ]),
  ],
  [
    series('Time of a commit', 's', [
      [quantile(0.5, 'cohort_group_commit_seconds', 'group'), '{{group}}: half'],
      [quantile(0.99, 'cohort_group_commit_seconds', 'group'), '{{group}}: 99 %'],
    ]),
    series('Offsets removed', 'short', [
      [`increase(${KAFKA}_offset_expiration_count{instance="$instance"}[$__rate_interval])`, 'expired'],
      [`increase(${KAFKA}_offset_deletion_count{instance="$instance"}[$__rate_interval])`, 'deleted'],
    ]),
  ],
]

function stat(title, target) {
  return { type: 'stat', title, height: 4, fieldConfig: unit('short'), targets: targets([target]) }
}

function series(title, of, all) {
  return { type: 'timeseries', title, height: 8, fieldConfig: unit(of), targets: targets(all) }
}

function unit(name) {
  return { defaults: { unit: name, min: 0 }, overrides: [] }
}

function targets(all) {
  return all.map(([expr, legendFormat], i) => ({ refId: String.fromCharCode(65 + i), expr, legendFormat }))
}

let y = 0
const panels = rows.flatMap((row) => {
  const w = 24 / row.length
  const placed = row.map(({ height, ...panel }, i) => ({ ...panel, gridPos: { x: i * w, y, w, h: height } }))
  y += row[0].height
  return placed
})
const datasource = { type: 'prometheus', uid: '$datasource' }
const variable = (name, label, query, more = {}) => ({
  ...{ type: 'query', name, label, datasource, query, refresh: 2 },
  ...more,
})
const dashboard = {
  title: 'Cohort: consumer groups',
  uid: 'cohort-groups',
  schemaVersion: 39,
  tags: ['kafka', 'cohort'],
  time: { from: 'now-1h', to: 'now' },
  refresh: '10s',
  templating: {
    list: [
      { type: 'datasource', name: 'datasource', label: 'Prometheus', query: 'prometheus' },
      variable('instance', 'Coordinator', `label_values(${KAFKA}_group_count, instance)`),
      variable('group', 'Group', 'label_values(cohort_group_members{instance="$instance"}, group)', {
        multi: true,
        includeAll: true,
      }),
    ],
  },
  panels: panels.map((panel, i) => ({ id: i + 1, datasource, ...panel })),
}
writeFileSync(
  join(import.meta.dirname, '../docs/monitoring/dashboard.json'),
  `${JSON.stringify(dashboard, null, 2)}\n`,
)
