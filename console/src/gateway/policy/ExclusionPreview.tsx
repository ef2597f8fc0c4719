import type { ExclusionPreviewResult } from '../../api/types'
import { useWords } from '../../i18n'
import { StatusTag } from '../../kit/status'
import { TimeText } from '../../kit/TimeText'
import { policyWords } from './i18n'

/** What an exclusion would let through, tried on the requests that were kept. */
export function ExclusionPreview({ preview, stale }: { preview: ExclusionPreviewResult; stale: boolean }) {
  const words = useWords(policyWords).exclusions
  if (preview.tried === 0) return <p className="muted" data-testid="exclusion-preview">{words.nothingKept}</p>
  return (
    <section className="evidence-part" data-testid="exclusion-preview">
      <h3>{words.preview}</h3>
      {stale && <p className="muted">{words.stale}</p>}
      {preview.clears_its_request === false && <p><StatusTag meaning="high">{words.ownHeld}</StatusTag></p>}
      {preview.clears_its_request === true && <p><StatusTag meaning="ok">{words.ownPasses}</StatusTag></p>}
      <p>{words.counts(preview.tried, preview.cleared, preview.still_noted, preview.passed_already)} {preview.since && <TimeText us={preview.since} />}</p>
      {preview.requests.map((request) => (
        <article className="hit" key={request.id}>
          <header>
            <TimeText us={request.at} />
            <code>{request.source}</code>
            <code>
              {request.method} {request.path}
            </code>
            {request.others_noted > 0 && <StatusTag meaning="high">{words.suspect(request.others_noted)}</StatusTag>}
            {request.is_partial && <StatusTag meaning="low">{words.partial}</StatusTag>}
          </header>
          {request.hits.map((hit, index) => (
            <pre className="snip" key={`${hit.rule}-${hit.variable}-${index}`}>
              {hit.rule} {hit.variable} <mark>{hit.matched}</mark>
            </pre>
          ))}
        </article>
      ))}
      {preview.cleared > preview.requests.length && <p className="muted">{words.more(preview.cleared - preview.requests.length)}</p>}
    </section>
  )
}
