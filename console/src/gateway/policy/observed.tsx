import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { api, take } from '../../api/client'
import type { ObservedRow } from '../../api/types'
import { useWords } from '../../i18n'
import { DataTable, type Columns } from '../../kit/DataTable'
import { useEventWords } from '../../kit/event-words'
import { exclusionHref } from '../../kit/exclusion-link'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { allOf, fieldIs, searchHref } from '../../kit/query'
import { rangeFromParams, rangeToParams, resolveRange, type TimeRange } from '../../kit/range'
import { useMay } from '../../kit/session'
import { EmptyState } from '../../kit/states'
import { TimeRangePicker } from '../../kit/TimeRangePicker'
import { TimeText } from '../../kit/TimeText'
import { policyWords } from './i18n'

/** What would have been refused, so that exclusions are made before an object begins to block. */
export default function ObservedReport() {
  const words = useWords(policyWords).observed
  const [params, setParams] = useSearchParams()
  const range = rangeFromParams(params, '7d')
  const report = useQuery({
    queryKey: ['gateway', 'observed', JSON.stringify(range)],
    queryFn: () => take(api.GET('/api/v1/gateway/observed', { params: { query: resolveRange(range) } })),
    placeholderData: keepPreviousData,
  })
  const choose = (next: TimeRange) => {
    const changed = new URLSearchParams(params)
    rangeToParams(next, changed)
    setParams(changed, { replace: true })
  }
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={<TimeRangePicker value={range} onChange={choose} />} />
      <Panel flush title={report.data && words.total(report.data.requests)}>
        {report.data && !report.data.is_complete && <p className="muted">{words.incomplete}</p>}
        <DataTable<ObservedRow>
          label={words.title}
          rows={report.data?.rows}
          columns={useColumns(range)}
          rowKey={(row) => `${row.object} ${row.rule} ${row.parameter}`}
          query={report}
          empty={<EmptyState title={words.empty} why={words.emptyWhy} />}
        />
      </Panel>
    </>
  )
}

function useColumns(range: TimeRange): Columns<ObservedRow> {
  const words = useWords(policyWords).observed
  const names = useEventWords()
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  return [
    { title: words.object, key: 'object', render: (_, row) => row.object },
    {
      title: words.rule,
      key: 'rule',
      render: (_, row) => (
        <span className="stacked">
          <code>{row.rule}</code>
          <span className="muted">{names.rule(row.rule, row.message)}</span>
        </span>
      ),
    },
    {
      title: words.parameter,
      key: 'parameter',
      render: (_, row) => (
        <span className="stacked">
          <code>{row.parameter}</code>
          {row.paths.map((path) => (
            <code className="muted" key={path}>
              {path}
            </code>
          ))}
        </span>
      ),
    },
    {
      title: words.requests,
      key: 'requests',
      align: 'right',
      render: (_, row) => (
        <Link className="figures" to={searchHref({ q: allOf('stream:waf', fieldIs('event.action', 'observe'), fieldIs('waf.object', row.object), fieldIs('rule.id', row.rule)), range, open: row.record })}>
          {row.requests}
        </Link>
      ),
    },
    { title: words.sources, key: 'sources', align: 'right', render: (_, row) => <span className="figures">{row.sources}</span> },
    { title: words.last, key: 'last', render: (_, row) => <TimeText us={row.last_at} /> },
    {
      title: words.decide,
      key: 'decide',
      fixed: 'end',
      render: (_, row) =>
        mayWrite && (
          <span className="stacked">
            {row.paths.map((path) => (
              <Link key={path} to={exclusionHref({ object: row.object, rule: row.rule, parameter: row.parameter, path, request: row.request_id })}>
                {words.excludeAt(path)}
              </Link>
            ))}
          </span>
        ),
    },
  ]
}
