import type { CertificateFacts as Read } from '../../api/types'
import { useWords } from '../../i18n'
import { Mono } from '../../kit/Mono'
import { Facts } from '../../kit/Page'
import { StatusTag, type Meaning } from '../../kit/status'
import { DAY_US } from '../../kit/time'
import { TimeText, useNow } from '../../kit/TimeText'
import { certificateWords } from './i18n'

/** Who has longer than this need not count days. */
const LONG_DAYS = 3650

/** How near the end is: the steps at which alarms are raised. */
function nearness(days: number): Meaning {
  if (days < 1) return 'critical'
  if (days < 7) return 'high'
  return days < 30 ? 'medium' : 'ok'
}

/** When a certificate ends, with the days that are left. */
export function Ends({ at }: { at: number }) {
  const words = useWords(certificateWords)
  const left = at - useNow()
  const days = Math.floor(left / DAY_US)
  if (days > LONG_DAYS) return <TimeText us={at} show="date" />
  return (
    <span className="stacked">
      <TimeText us={at} show="date" />
      {left <= 0 ? <StatusTag meaning="critical">{words.over}</StatusTag> : <StatusTag meaning={nearness(days)}>{words.left(days)}</StatusTag>}
    </span>
  )
}

/** What a certificate says about itself, and what a person should look at. */
export function CertificateFacts({ facts }: { facts: Read }) {
  const words = useWords(certificateWords)
  const items = [
    { label: words.names, value: facts.names.join(' ') },
    { label: words.subject, value: facts.subject },
    { label: words.issuer, value: facts.issuer },
    { label: words.behind, value: facts.chain.length > 0 ? facts.chain.join(' ← ') : '—' },
    { label: words.valid, value: <><TimeText us={facts.not_before} show="date" /> – <TimeText us={facts.not_after} /></> },
    { label: words.keyKind, value: facts.key },
    { label: words.fingerprint, value: <Mono text={facts.fingerprint} /> },
    { label: words.serial, value: <Mono text={facts.serial} /> },
  ]
  if (facts.idle_names.length > 0) items.push({ label: words.idle, value: facts.idle_names.join(' ') })
  return (
    <div data-testid="certificate-facts">
      <Doubts facts={facts} />
      <Facts items={items} />
    </div>
  )
}

export function Doubts({ facts }: { facts: Read }) {
  const words = useWords(certificateWords)
  // That it is over stands where its end stands.
  return facts.doubts.filter((doubt) => doubt !== 'expired').map((doubt) => (
    <StatusTag key={doubt} meaning="medium">
      {words.doubts[doubt]}
    </StatusTag>
  ))
}
