import { useQuery } from '@tanstack/react-query'
import { api, take } from '../api/client'
import type { SystemState } from '../api/types'
import { shared, useWords } from '../i18n'
import type { Columns } from '../kit/DataTable'
import { formatCount } from '../kit/number'
import { Figure, PageHead, Panel } from '../kit/Page'
import { useLanguage } from '../kit/preferences'
import { fieldIs, searchHref } from '../kit/query'
import { Loaded } from '../kit/states'
import { StatusTag } from '../kit/status'
import { formatDuration, formatTime } from '../kit/time'
import { AgoText, TimeText, useNow } from '../kit/TimeText'
import { systemWords } from './i18n'
import { StateTable } from './parts/StateTable'
import { stateMeaning } from './meaning'

const REFRESH_MS = 10_000

export default function State() {
  const words = useWords(systemWords).state
  const state = useQuery({ queryKey: ['system', 'state'], queryFn: () => take(api.GET('/api/v1/system/state')), refetchInterval: REFRESH_MS })
  return (
    <>
      <PageHead title={words.title} about={words.about} />
      <Loaded query={state} lines={12}>
        {(data) => (
          <>
            <Head state={data} />
            <div className="two-columns">
              <div>
                <Capabilities items={data.capabilities} />
                <Policies items={data.policies} />
                <Outbox items={data.outbox} />
              </div>
              <StandIns items={data.stand_ins} />
            </div>
            <Tasks items={data.tasks} />
            <div className="two-columns">
              <div>
                <Jobs items={data.jobs} />
                <Listeners items={data.listeners} />
              </div>
              <Phases items={data.phases} />
            </div>
          </>
        )}
      </Loaded>
    </>
  )
}

function StateWord({ state }: { state: string }) {
  const words = useWords(systemWords).state
  return <StatusTag meaning={stateMeaning(state)}>{words.words[state] ?? state}</StatusTag>
}

function Head({ state }: { state: SystemState }) {
  const words = useWords(systemWords).state
  const now = useNow()
  const language = useLanguage()
  return (
    <div className="figure-row">
      <Figure label={words.readiness} value={<StatusTag meaning={state.ready ? 'ok' : 'critical'}>{state.ready ? words.ready : words.notReady}</StatusTag>} />
      <Figure label={words.version} value={state.version} note={`${words.node} ${state.node}`} />
      <Figure label={words.uptime} value={formatDuration(Math.max(0, now - state.started_at), language)} note={`${words.started} ${formatTime(state.started_at)}`} href={searchHref({ q: fieldIs('event.dataset', 'vault.start'), range: { preset: '7d' } })} />
    </div>
  )
}

/** A capability by its name, with the code name that settings and logs use. */
function CapabilityName({ name }: { name: string }) {
  const names = useWords(shared).capabilities
  return (
    <span className="pair">
      {names[name] !== undefined && <span>{names[name]}</span>}
      <code className="muted">{name}</code>
    </span>
  )
}

function Capabilities({ items }: { items: SystemState['capabilities'] }) {
  const words = useWords(systemWords).state
  const { common } = useWords(shared)
  const columns: Columns<SystemState['capabilities'][number]> = [
    { title: words.capability, key: 'name', render: (_, row) => <CapabilityName name={row.name} /> },
    { title: common.state, key: 'state', render: (_, row) => <StateWord state={row.state} /> },
    { title: words.detail, key: 'detail', render: (_, row) => row.detail || <span className="muted">—</span> },
  ]
  return <StateTable title={words.capabilities} columns={columns} rows={items} rowKey={(row) => row.name} empty={words.empty} />
}

function StandIns({ items }: { items: SystemState['stand_ins'] }) {
  const words = useWords(systemWords).state
  const language = useLanguage()
  return (
    <Panel title={words.standIns}>
      {items.length === 0 ? (
        <StatusTag meaning="ok">{words.standInsNone}</StatusTag>
      ) : (
        <>
          <p className="muted panel-lead">{words.standInsAbout}</p>
          <ul className="stand-ins">
            {items.map((item) => (
              <li key={item.missing}>
                <StatusTag meaning="medium">
                  <CapabilityName name={item.missing} />
                </StatusTag>
                <span>{language === 'zh' ? item.effect_zh : item.effect_en}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  )
}

function Tasks({ items }: { items: SystemState['tasks'] }) {
  const words = useWords(systemWords).state
  const { common } = useWords(shared)
  const levels: Record<string, string> = { vital: words.vital, isolated: words.isolated }
  const columns: Columns<SystemState['tasks'][number]> = [
    { title: words.task, key: 'name', render: (_, row) => <code>{row.name}</code> },
    { title: common.state, key: 'state', render: (_, row) => <StateWord state={row.state} /> },
    { title: words.criticality, key: 'criticality', render: (_, row) => levels[row.criticality.toLowerCase()] ?? row.criticality },
    { title: words.restarts, key: 'restarts', align: 'right', render: (_, row) => <span className="figures">{row.restarts}</span> },
    { title: words.since, key: 'since', render: (_, row) => <AgoText us={row.since} /> },
    { title: words.lastError, key: 'error', render: (_, row) => (row.last_error ? <code>{row.last_error}</code> : <span className="muted">—</span>) },
  ]
  return <StateTable title={words.tasks} columns={columns} rows={items} rowKey={(row) => row.name} empty={words.empty} />
}

function Jobs({ items }: { items: SystemState['jobs'] }) {
  const words = useWords(systemWords).state
  const columns: Columns<SystemState['jobs'][number]> = [
    { title: words.job, key: 'name', render: (_, row) => <code>{row.name}</code> },
    { title: words.lastRun, key: 'last', render: (_, row) => <AgoText us={row.last_run} /> },
    { title: words.lastResult, key: 'result', render: (_, row) => <JobResult job={row} /> },
    { title: words.nextRun, key: 'next', render: (_, row) => <TimeText us={row.next_run} show="minute" /> },
  ]
  return <StateTable title={words.jobs} columns={columns} rows={items} rowKey={(row) => row.name} empty={words.emptyJobs} />
}

function JobResult({ job }: { job: SystemState['jobs'][number] }) {
  if (job.last_result === '') return <span className="muted">—</span>
  return (
    <span className="stacked">
      <StateWord state={job.last_result} />
      {job.last_error !== '' && <code>{job.last_error}</code>}
    </span>
  )
}

/** Facts that wait in the outbox; those nobody consumes wait for a capability that is not installed. */
function Outbox({ items }: { items: SystemState['outbox'] }) {
  const words = useWords(systemWords).state
  const columns: Columns<SystemState['outbox'][number]> = [
    { title: words.kind, key: 'kind', render: (_, row) => <code>{row.kind}</code> },
    { title: words.waiting, key: 'waiting', align: 'right', render: (_, row) => <span className="figures">{formatCount(row.waiting)}</span> },
    {
      title: words.consumers,
      key: 'consumers',
      render: (_, row) => <StatusTag meaning={row.consumers > 0 ? 'ok' : 'medium'}>{row.consumers > 0 ? formatCount(row.consumers) : words.noConsumer}</StatusTag>,
    },
  ]
  return <StateTable title={words.outbox} columns={columns} rows={items} rowKey={(row) => row.kind} empty={words.emptyOutbox} />
}

function Listeners({ items }: { items: SystemState['listeners'] }) {
  const words = useWords(systemWords).state
  const columns: Columns<SystemState['listeners'][number]> = [
    { title: words.listener, key: 'name', render: (_, row) => <code>{row.name}</code> },
    { title: words.address, key: 'address', render: (_, row) => <code>{row.address}</code> },
    { title: words.fingerprint, key: 'fingerprint', render: (_, row) => (row.fingerprint ? <code className="break-anywhere">{row.fingerprint}</code> : <span className="muted">—</span>) },
  ]
  return <StateTable title={words.listeners} columns={columns} rows={items} rowKey={(row) => `${row.name} ${row.address}`} empty={words.empty} />
}

function Policies({ items }: { items: SystemState['policies'] }) {
  const words = useWords(systemWords).state
  const { common } = useWords(shared)
  const columns: Columns<SystemState['policies'][number]> = [
    { title: words.owner, key: 'owner', render: (_, row) => <CapabilityName name={row.owner} /> },
    { title: words.running, key: 'running', align: 'right', render: (_, row) => <span className="figures">{row.running}</span> },
    { title: words.latest, key: 'latest', align: 'right', render: (_, row) => <span className="figures">{row.latest}</span> },
    {
      title: common.state,
      key: 'state',
      render: (_, row) =>
        row.error ? (
          <StatusTag meaning="critical">{row.error}</StatusTag>
        ) : (
          <StatusTag meaning={row.running === row.latest ? 'ok' : 'high'}>{row.running === row.latest ? words.inForce : words.behind}</StatusTag>
        ),
    },
  ]
  return <StateTable title={words.policies} columns={columns} rows={items} rowKey={(row) => row.owner} empty={words.emptyPolicies} />
}

function Phases({ items }: { items: SystemState['phases'] }) {
  const words = useWords(systemWords).state
  const columns: Columns<SystemState['phases'][number]> = [
    { title: words.phase, key: 'name', render: (_, row) => words.phaseNames[row.name.toLowerCase()] ?? row.name },
    { title: words.reached, key: 'at', render: (_, row) => <TimeText us={row.at} /> },
    { title: words.took, key: 'ms', align: 'right', render: (_, row) => <span className="figures">{row.ms} ms</span> },
  ]
  return <StateTable title={words.phases} columns={columns} rows={items} rowKey={(row) => row.name} empty={words.empty} />
}
