/** What a node said of itself: the policy in force there, and the records that wait there. */
import type { NodeReport } from '../../api/types'
import { useWords } from '../../i18n'
import { formatBytes, formatCount } from '../../kit/number'
import { StatusTag, type Meaning } from '../../kit/status'
import { TimeText } from '../../kit/TimeText'
import { systemWords } from '../i18n'
import './node-report.css'

type Spool = NodeReport['spools'][string]

/** From which share of its cap a spool is said to fill up, and to be nearly full. */
const FILLING = 0.5
const NEARLY_FULL = 0.9

const UNKNOWN = <span className="muted">—</span>

/** A generation is the time, µs, at which its house made it. */
export function Sections({ report }: { report: NodeReport | null }) {
  const words = useWords(systemWords).nodes
  if (report === null) return UNKNOWN
  const sections = Object.entries(report.sections).sort(([one], [other]) => one.localeCompare(other))
  return (
    <span className="stacked">
      {sections.map(([name, section]) => (
        <span key={name} className="stacked">
          <span>
            {words.sectionNames[name] ?? name}{' '}
            {section.running === 0 ? <span className="muted">{words.noGeneration}</span> : <span className="muted"><TimeText us={section.running} /></span>}
          </span>
          {section.error != null && <StatusTag meaning="critical">{section.error}</StatusTag>}
        </span>
      ))}
    </span>
  )
}

export function Spools({ report }: { report: NodeReport | null }) {
  const words = useWords(systemWords).nodes
  if (report === null) return UNKNOWN
  return (
    <span className="spools">
      {Object.entries(report.spools).map(([lane, spool]) => (
        <SpoolFill key={lane} name={words.laneNames[lane] ?? lane} spool={spool} />
      ))}
    </span>
  )
}

/** A share of the cap between 0 and 1. */
export function fillOf({ bytes, cap_bytes }: Spool): number {
  return cap_bytes > 0 ? Math.min(1, bytes / cap_bytes) : 0
}

export function fillMeaning(fill: number): Meaning {
  if (fill >= NEARLY_FULL) return 'critical'
  return fill >= FILLING ? 'high' : 'ok'
}

function SpoolFill({ name, spool }: { name: string; spool: Spool }) {
  const words = useWords(systemWords).nodes
  const fill = fillOf(spool)
  const used = words.fill(formatBytes(spool.bytes), formatBytes(spool.cap_bytes))
  return (
    <span className="spool">
      <span className="spool-words">
        <span>{name}</span>
        <span className="figures muted">{spool.events === 0 ? words.nothingWaits : words.waiting(formatCount(spool.events))}</span>
      </span>
      <span className="spool-bar" role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(fill * 100)} aria-valuetext={used} title={used}>
        {spool.bytes > 0 && <span className={`state-${fillMeaning(fill)}`} style={{ width: `${fill * 100}%` }} />}
      </span>
      <span className="spool-words muted">
        <span className="figures">{used}</span>
        {spool.lost > 0 && <StatusTag meaning="critical" title={words.lostHelp}>{words.lost(formatCount(spool.lost))}</StatusTag>}
      </span>
    </span>
  )
}
