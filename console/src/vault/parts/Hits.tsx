import { Link } from 'react-router'
import { useWords } from '../../i18n'
import { useEventWords } from '../../kit/event-words'
import { exclusionHref, type ExclusionDraft } from '../../kit/exclusion-link'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { highlight, isExcerpt, type Hit, type Snip } from '../hits'
import { vaultWords } from '../i18n'

/** Why a request was judged as it was: every rule that matched, with the matched text marked. */
export function Hits({ hits, dropped, about }: { hits: Hit[]; dropped: number; about: Omit<ExclusionDraft, 'rule' | 'parameter'> }) {
  const words = useWords(vaultWords).drawer
  if (hits.length === 0) return <p className="muted">{words.noEvidence}</p>
  return (
    <>
      {hits.map((hit, index) => (
        <HitCard key={`${hit.rule}-${hit.variable}-${index}`} hit={hit} about={about} />
      ))}
      {dropped > 0 && <p className="muted">{words.dropped(dropped)}</p>}
    </>
  )
}

function HitCard({ hit, about }: { hit: Hit; about: Omit<ExclusionDraft, 'rule' | 'parameter'> }) {
  const words = useWords(vaultWords).drawer
  const names = useEventWords()
  const mayExclude = useMay()(MAY.gatewayObjectWrite)
  const marked = hit.matched === null ? null : highlight(hit.decoded.text, hit.matched)
  const sameText = hit.raw.text === hit.decoded.text
  return (
    <article className="hit" data-testid="hit">
      <header>
        <code className="hit-rule" data-testid="hit-rule">
          {hit.rule}
        </code>
        <span className="hit-message">{names.rule(hit.rule, hit.message)}</span>
        {hit.points !== null && (
          <span className="hit-points figures">
            {words.points} <strong>{hit.points}</strong>
          </span>
        )}
        {hit.confidence !== null && (
          <span className="hit-points figures">
            {words.confidence} <strong>{hit.confidence}%</strong>
          </span>
        )}
        {mayExclude && about.object !== '' && (
          <Link className="hit-exclude" to={exclusionHref({ ...about, rule: hit.rule, parameter: hit.variable })}>
            {words.makeExclusion}
          </Link>
        )}
      </header>
      <dl className="facts facts-1">
        <div>
          <dt>{words.variable}</dt>
          <dd>
            <code data-testid="hit-variable">{hit.variable}</code>
          </dd>
        </div>
        <div>
          <dt>{words.layers}</dt>
          <dd>{hit.layers.length === 0 ? <span className="muted">{words.noLayers}</span> : <Layers layers={hit.layers} />}</dd>
        </div>
        {!sameText && hit.raw.text !== '' && (
          <div>
            <dt>{words.raw}</dt>
            <dd>
              <pre className="snip">{hit.raw.text}</pre>
              <SnipNote snip={hit.raw} />
            </dd>
          </div>
        )}
        {marked === null && hit.matchText !== '' && (
          <div>
            <dt>{words.matched}</dt>
            <dd>
              <pre className="snip">
                <mark data-testid="hit-match">{hit.matchText}</mark>
              </pre>
            </dd>
          </div>
        )}
        <div>
          <dt>{words.decoded}</dt>
          <dd>
            <pre className="snip">
              {marked === null ? (
                hit.decoded.text
              ) : (
                <>
                  {marked.before}
                  <mark data-testid="hit-match" title={words.matched}>
                    {marked.match}
                  </mark>
                  {marked.after}
                </>
              )}
            </pre>
            <SnipNote snip={hit.decoded} />
          </dd>
        </div>
        {hit.chain.map((link, index) => (
          <div key={`${link.variable}-${index}`}>
            <dt>{words.chain}</dt>
            <dd>
              <code>{link.variable}</code>
              <pre className="snip">{link.value.text}</pre>
              <SnipNote snip={link.value} />
            </dd>
          </div>
        ))}
      </dl>
    </article>
  )
}

function Layers({ layers }: { layers: string[] }) {
  return (
    <ol className="layers">
      {layers.map((layer, index) => (
        <li key={`${layer}-${index}`}>
          <code>{layer}</code>
        </li>
      ))}
    </ol>
  )
}

function SnipNote({ snip }: { snip: Snip }) {
  const words = useWords(vaultWords).drawer
  const notes: string[] = []
  if (snip.total !== null && isExcerpt(snip)) notes.push(words.cut(snip.total))
  if (snip.masked) notes.push(words.masked)
  return notes.length === 0 ? null : <p className="snip-note">{notes.join(' · ')}</p>
}
