// Reports in files; those of releases are kept in bench/results, named by version.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Report } from './figures.js'

const FOLDER = 'bench/results'
const RELEASE = /^\d+\.\d+\.\d+\.json$/

export const releaseFile = (version: string) => join(FOLDER, `${version}.json`)

/** Throws an error that names the file when it is no report. */
export function readReport(file: string): Report {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<Report>
  if (!Array.isArray(report.figures)) throw new Error(`${file}: expected what npm run bench -- --json writes`)
  return report as Report
}

export function writeReport(file: string, report: Report): void {
  mkdirSync(dirname(file), { recursive: true })
  const rounded = (_: string, each: unknown) =>
    typeof each === 'number' ? Math.round(each * 1000) / 1000 : each
  writeFileSync(file, `${JSON.stringify(report, rounded)}\n`)
}

/** One that is kept beside the sources has their form. */
export function writeRelease(report: Report): void {
  const file = releaseFile(report.version)
  writeReport(file, report)
  execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'ignore' })
}

/** Of the newest version that has one. */
export function lastRelease(folder = FOLDER): Report | null {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => RELEASE.test(name)) : []
  const [newest] = files.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  return newest === undefined ? null : readReport(join(folder, newest))
}

/** The newer report, and of the older one the scenarios that the newer lacks. */
export function merged(older: Report, newer: Report): Report {
  const stays = older.figures.filter(({ scenario }) => !(scenario in newer.about))
  return { ...newer, about: { ...older.about, ...newer.about }, figures: [...stays, ...newer.figures] }
}
