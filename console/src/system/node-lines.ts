/** What is typed on a node, and on a house that is to have nodes: lines for their medward.toml and their shells. */
import { Problem } from '../api/problem'

/** Where a house listens for nodes unless it says otherwise (`nodes.listen`). */
const NODES_PORT = 8444

/** What the server takes as the name of a node. */
export const NODE_NAME = /^[A-Za-z0-9._-]{1,64}$/

/** For the medward.toml of a house without a listener. */
export const LISTEN_LINES = `[nodes]\nlisten = "0.0.0.0:${NODES_PORT}"`

/** The port at the end of `0.0.0.0:8444` or `[::]:8444`; the usual one when the house does not listen. */
export function nodesPort(listeners: readonly { name: string; address: string }[]): number {
  const address = listeners.find((listener) => listener.name === 'nodes')?.address ?? ''
  return Number(/:(\d+)$/.exec(address)?.[1] ?? NODES_PORT)
}

/** For the medward.toml of a node. `host` is as the browser writes it: IPv6 in brackets. */
export function houseLines(host: string, port: number): string {
  return `[nodes]\nhouse = "${host}:${port}"`
}

export function enrolLine(invitation: string): string {
  return `medward node enrol ${invitation}`
}

/** Why a name was refused, in the words of the page; `null` when it was something else. */
export function nameFault(error: unknown, words: { nameRule: string; nameTaken: string }): string | null {
  if (!(error instanceof Problem) || error.status !== 422 || error.args.field !== 'name') return null
  return error.detail.includes('another one has this name') ? words.nameTaken : words.nameRule
}
