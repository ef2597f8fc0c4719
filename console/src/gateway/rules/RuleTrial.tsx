import { Alert, Table } from 'antd'
import type { RuleTrial as Trial } from '../../api/types'
import { useWords } from '../../i18n'
import { TimeText } from '../../kit/TimeText'
import { ruleWords } from './i18n'

/** What a rule would have met of the requests of the last day. `stale`: the rule is another one by now. */
export function RuleTrial({ trial, stale }: { trial: Trial; stale: boolean }) {
  const words = useWords(ruleWords).trial
  const fields = trial.not_recorded.join(', ') || trial.recorded_in_part.join(', ')
  const sentences = (
    <>
      <div>{words.counts(trial.asked, trial.matching)}</div>
      {trial.undecided > 0 && <div>{words.undecided(trial.undecided, fields)}</div>}
      {trial.recorded_in_part.length > 0 && <div>{words.inPart(trial.recorded_in_part.join(', '))}</div>}
      {!trial.is_complete && <div>{words.cut} <TimeText us={trial.since} /></div>}
      <div>{stale ? words.stale : words.alone}</div>
    </>
  )
  return (
    <div data-testid="rule-trial">
      <Alert type={stale || trial.undecided > 0 || !trial.is_complete ? 'warning' : 'info'} showIcon title={sentences} />
      {trial.requests.length > 0 && (
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={trial.requests}
          title={() => words.newest(trial.requests.length)}
          columns={[
            { title: words.at, key: 'at', render: (_, request) => <TimeText us={request.at} /> },
            { title: words.source, dataIndex: 'source' },
            { title: words.request, key: 'request', render: (_, request) => `${request.method} ${request.path}` },
            { title: words.status, dataIndex: 'status' },
            { title: words.object, dataIndex: 'object' },
          ]}
        />
      )}
    </div>
  )
}
