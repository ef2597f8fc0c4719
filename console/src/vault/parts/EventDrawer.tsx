import { useQuery } from '@tanstack/react-query'
import { Drawer } from 'antd'
import { type ReactNode } from 'react'
import { Link } from 'react-router'
import { api, take } from '../../api/client'
import { Problem } from '../../api/problem'
import type { RecordDetail } from '../../api/types'
import { useWords } from '../../i18n'
import { eventTime, numberField, requestLine, textField } from '../../kit/event'
import { useEventWords } from '../../kit/event-words'
import { Facts } from '../../kit/Page'
import { banHref } from '../../kit/ban-link'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { ActionTag, SeverityTag } from '../../kit/severity'
import { EmptyState, Loaded } from '../../kit/states'
import { TimeText } from '../../kit/TimeText'
import { parseHits } from '../hits'
import { vaultWords } from '../i18n'
import { FieldTable } from './FieldTable'
import { HexDump } from './HexDump'
import { Hits } from './Hits'
import { ProofPanel } from './ProofPanel'

/** The place of a record, `waf:12`. */
export interface Address {
  stream: string
  seq: number
}

export function parseAddress(text: string | null): Address | null {
  const parts = /^([a-z]+):(\d{1,16})$/.exec(text ?? '')
  return parts?.[1] && parts[2] ? { stream: parts[1], seq: Number(parts[2]) } : null
}

interface EventDrawerProps {
  address: Address | null
  onClose: () => void
  narrowed: (filter: string) => string
}

/** One record with its evidence: why it was judged so, what it says, and the proof that it was not changed. */
export function EventDrawer({ address, onClose, narrowed }: EventDrawerProps) {
  const words = useWords(vaultWords).drawer
  return (
    <Drawer open={address !== null} onClose={onClose} size={760} title={words.title} extra={address && <code>{`${address.stream}:${address.seq}`}</code>} destroyOnHidden>
      {address && <Evidence address={address} narrowed={narrowed} />}
    </Drawer>
  )
}

function Evidence({ address, narrowed }: { address: Address; narrowed: (filter: string) => string }) {
  const words = useWords(vaultWords).drawer
  const detail = useQuery({
    queryKey: ['vault', 'event', address.stream, address.seq],
    queryFn: () => take(api.GET('/api/v1/vault/events/{stream}/{seq}', { params: { path: address } })),
    staleTime: Number.POSITIVE_INFINITY, // a record never changes
  })
  if (detail.error instanceof Problem && detail.error.status === 404) return <EmptyState title={words.notFound} />
  return <Loaded query={detail} lines={12}>{(record) => <EvidenceBody record={record} narrowed={narrowed} />}</Loaded>
}

function EvidenceBody({ record, narrowed }: { record: RecordDetail; narrowed: (filter: string) => string }) {
  const all = useWords(vaultWords)
  const words = all.drawer
  const { event } = record
  const hits = parseHits(event['waf.hits'])
  const isAttack = record.stream === 'waf'
  return (
    <div className="evidence" data-testid="evidence">
      <Summary record={record} />
      {(isAttack || hits.length > 0) && (
        <Part title={words.evidence}>
          <Hits hits={hits} dropped={numberField(event, 'waf.hits_dropped') ?? 0} about={{ object: textField(event, 'waf.object'), path: textField(event, 'url.path'), request: textField(event, 'http.request.id') }} />
        </Part>
      )}
      <Part title={all.proof.title}>
        <ProofPanel record={record} />
      </Part>
      <Part title={words.fields}>
        <FieldTable event={event} narrowed={narrowed} />
      </Part>
      <Part title={words.bytes}>
        <p className="muted">{words.bytesAbout(record.canonical_hex.length / 2)}</p>
        <HexDump hex={record.canonical_hex} label={words.bytes} />
      </Part>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="evidence-part">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function Summary({ record }: { record: RecordDetail }) {
  const words = useWords(vaultWords).drawer
  const names = useEventWords()
  const mayBan = useMay()(MAY.gatewayBanWrite)
  const { event } = record
  const source = textField(event, 'source.ip')
  const category = textField(event, 'rule.category')
  const sentence = names.sentence(event)
  const rule = names.rule(textField(event, 'rule.id'), textField(event, 'rule.name'))
  const reason = names.reason(textField(event, 'event.reason'))
  const request = requestLine(event)
  const items: { label: string; value: ReactNode }[] = []
  const add = (label: string, text: string) => {
    if (text !== '') items.push({ label, value: <code>{text}</code> })
  }
  add(words.request, request)
  add(words.source, [source, textField(event, 'source.port')].filter(Boolean).join(':'))
  add(words.object, textField(event, 'waf.object'))
  add(words.requestId, textField(event, 'http.request.id'))
  add(words.userAgent, textField(event, 'user_agent.original'))
  const score = textField(event, 'waf.score')
  if (score !== '') items.push({ label: words.score, value: <strong className="figures">{score}</strong> })
  const responseScore = numberField(event, 'waf.score_out') ?? 0
  if (responseScore > 0) items.push({ label: words.scoreOut, value: <strong className="figures">{responseScore}</strong> })
  const phase = words.phases[(numberField(event, 'waf.phase') ?? 0) - 1]
  if (phase !== undefined) items.push({ label: words.phase, value: phase })
  add(words.policy, textField(event, 'waf.policy'))
  const generation = textField(event, 'waf.generation')
  if (generation !== '') items.push({ label: words.generation, value: <span className="figures">{generation}</span> })
  add(words.program, textField(event, 'waf.program'))
  return (
    <div className="evidence-summary">
      <p className="evidence-line">
        <SeverityTag severity={event['event.severity']} />
        <ActionTag event={event} />
        <strong>{category === '' ? names.dataset(textField(event, 'event.dataset')) : names.category(category)}</strong>
        <TimeText us={eventTime(event)} show="milli" />
        {mayBan && record.stream === 'waf' && source !== '' && (
          <Link className="ban-source" to={banHref({ address: source, request: textField(event, 'http.request.id') })}>
            {words.banSource}
          </Link>
        )}
      </p>
      {[sentence, rule, reason].some((text) => text !== '') && <p className="evidence-message">{[sentence, rule, reason].filter((text) => text !== '').join(' · ')}</p>}
      <Facts items={items} />
    </div>
  )
}
