// A running broker in this process, and what a test does with it.

import { addressOf } from './nodes.js'
import { type ConnectedClient, TestKit, type TestKitParts, VerificationError } from './testkit.js'

export interface StopReport {
  /** Clients that were still connected. */
  readonly connected: readonly ConnectedClient[]
  /** What need not be wrong, one line each, as `verify` returns them. */
  readonly warnings: readonly string[]
}

/** A running broker, and what a test does with it. */
export class Cohort extends TestKit implements AsyncDisposable {
  /** What to give a client as its bootstrap servers: every node's address, those of stopped ones too. */
  readonly brokers: string[]
  /** Of the first node. */
  readonly host: string
  readonly port: number
  /** Of every node. */
  readonly ports: readonly number[]
  /**
   * Answers what waits, closes every connection and listener. Idempotent. Rejects with VerificationError, once all is
   * closed, when `verify` finds something.
   */
  readonly stop: () => Promise<StopReport>

  /** @internal By startCohort alone. */
  constructor(parts: TestKitParts, stop: () => Promise<void>) {
    super(parts)
    const { brokers } = parts.cluster
    this.brokers = brokers.map(addressOf)
    this.host = brokers[0]?.node.host ?? ''
    this.ports = brokers.map(({ server }) => server.port)
    this.port = this.ports[0] ?? 0
    let stopped: Promise<StopReport> | undefined
    this.stop = () => {
      stopped ??= this.stopOnce(stop)
      return stopped
    }
  }

  /** @internal Stopped with it, before it. */
  readonly attached = new Set<() => Promise<void>>()

  private async stopOnce(stop: () => Promise<void>): Promise<StopReport> {
    const connected = this.connectedClients()
    const [problems, warnings] = [this.problemsAtStop(), this.warnings()]
    await Promise.all([...this.attached].map((close) => close()))
    await this.end()
    await stop()
    if (problems.length > 0) throw new VerificationError(problems)
    return { connected, warnings }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
