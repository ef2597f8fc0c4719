import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tooltip } from 'antd'
import { useCallback, useState } from 'react'
import { api, done, take } from '../../api/client'
import type { CustomRule, CustomRuleInput } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { DataTable, type Columns } from '../../kit/DataTable'
import { usePollWhenBroken } from '../../kit/live'
import { PageHead, Panel } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { useMay } from '../../kit/session'
import { EmptyState, errorSentence } from '../../kit/states'
import { conditionWords } from '../condition/i18n'
import { conditionText } from '../condition/sentence'
import { policyWords } from '../policy/i18n'
import { trafficWords } from '../traffic/i18n'
import { ActionKind, FindBar, HitsLink, Named, ScopeCell, scopeOf, Toggle } from '../traffic/parts'
import { everyPage, holds, useFind, useRows, type SortKeys } from '../traffic/rows'
import { ruleWords } from './i18n'
import { ACTION_KINDS, actionKind, nextNumber, windowValues } from './rule-input'
import { RuleForm } from './RuleForm'
import { windowsText } from './window-text'

const PATH = '/api/v1/gateway/rules'

const KEYS: SortKeys<CustomRule> = {
  number: (row) => row.spec.number,
  name: (row) => row.spec.name,
  action: (row) => actionKind(row.spec.action),
  scope: (row) => `${row.scope ?? ''} ${row.scope_name ?? ''}`,
}

/** Custom rules in the order in which they are asked. */
export default function Rules() {
  const words = useWords(ruleWords)
  const traffic = useWords(trafficWords)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const [form, setForm] = useState<{ rule: CustomRule | null } | null>(null)
  const [removing, setRemoving] = useState<CustomRule | null>(null)
  const change = useChanges()
  const list = useQuery({
    queryKey: ['gateway', 'rules'],
    queryFn: () => everyPage((cursor) => take(api.GET(PATH, { params: { query: { limit: 500, cursor } } }))),
    refetchInterval: usePollWhenBroken(),
  })
  const [find] = useFind()
  const [q, action, scope, state] = [find('q'), find('action'), find('scope'), find('state')]
  const isWanted = useCallback(
    (row: CustomRule) =>
      holds(q, row.spec.name, row.spec.description, String(row.spec.number)) && (action === '' || actionKind(row.spec.action) === action) && (scope === '' || scopeOf(row) === scope) && (state === '' || (row.spec.enabled !== false) === (state === 'on')),
    [q, action, scope, state],
  )
  const rows = useRows(list.data?.items, isWanted, KEYS, 'number')
  const open = (rule: CustomRule | null) => { change.save.reset(); setForm({ rule }) }
  const columns = useColumns({ onEdit: open, onRemove: (rule) => { change.remove.reset(); setRemoving(rule) }, onTurn: (rule, enabled) => change.turn.mutate({ rule, enabled }), turning: change.turn.isPending ? change.turn.variables.rule.id : null })
  const create = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => open(null)}>
      {words.create}
    </Button>
  )
  const isEmpty = list.data?.items.length === 0
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={create} />
      <Panel flush extra={<Finding found={rows.found} />}>
        <DataTable<CustomRule>
          label={words.title}
          {...rows.table}
          columns={rows.columns(columns)}
          rowKey={(row) => row.id}
          query={list}
          footer={list.data && !list.data.isWhole && traffic.more(list.data.items.length)}
          empty={isEmpty ? <EmptyState title={words.empty} why={words.emptyWhy} /> : <EmptyState title={traffic.nothingFound} />}
        />
      </Panel>
      <RuleForm
        open={form !== null}
        rule={form?.rule ?? null}
        number={nextNumber(list.data?.items ?? [])}
        busy={change.save.isPending}
        error={change.save.error}
        onSave={(input) => change.save.mutate({ rule: form?.rule ?? null, input }, { onSuccess: () => setForm(null) })}
        onChange={change.save.reset}
        onClose={() => setForm(null)}
      />
      <ConfirmType
        open={removing !== null}
        title={words.remove}
        name={removing?.spec.name ?? ''}
        consequence={words.removeConsequence}
        okText={words.remove}
        busy={change.remove.isPending}
        error={change.remove.error}
        onCancel={() => setRemoving(null)}
        onConfirm={() => removing && change.remove.mutate(removing, { onSuccess: () => setRemoving(null) })}
      />
    </>
  )
}

function Finding({ found }: { found: CustomRule[] | undefined }) {
  const words = useWords(ruleWords)
  const traffic = useWords(trafficWords)
  const kinds = useWords(policyWords).history.kinds
  const text = useRuleText()
  const scopes = [{ value: 'all', label: traffic.everywhere }, ...(['template', 'group', 'object'] as const).map((kind) => ({ value: kind, label: kinds[kind] }))]
  const choices = [
    { key: 'action', label: words.action, options: ACTION_KINDS.map((kind) => ({ value: kind, label: traffic.actions[kind] ?? kind })) },
    { key: 'scope', label: traffic.scope, options: scopes },
    { key: 'state', label: traffic.state, options: [{ value: 'on', label: traffic.enabled }, { value: 'off', label: traffic.disabled }] },
  ]
  const onExport = found && (() => ({
    name: words.fileName,
    head: [words.number, traffic.name, traffic.description, traffic.scope, traffic.state, words.condition, words.windows, words.action],
    rows: found.map((row) => [String(row.spec.number), row.spec.name, row.spec.description ?? '', row.scope ? `${kinds[row.scope]} ${row.scope_name ?? ''}` : traffic.everywhere, row.spec.enabled === false ? traffic.disabled : traffic.enabled, text.condition(row), text.windows(row), traffic.actions[actionKind(row.spec.action)] ?? '']),
  }))
  return <FindBar choices={choices} onExport={onExport} />
}

/** The server refuses the change when somebody else made one since. */
function put(rule: CustomRule, body: CustomRuleInput) {
  return take(api.PUT(`${PATH}/{id}`, { params: { path: { id: rule.id }, query: { generation: rule.generation } }, body }))
}

function useChanges() {
  const words = useWords(trafficWords)
  const all = useWords(shared)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({ mutationFn: ({ rule, input }: { rule: CustomRule | null; input: CustomRuleInput }) => (rule === null ? take(api.POST(PATH, { body: input })) : put(rule, input)), onSuccess: () => settled(words.saved) })
  const turn = useMutation({
    mutationFn: ({ rule, enabled }: { rule: CustomRule; enabled: boolean }) => put(rule, { ...rule.spec, enabled }),
    onSuccess: (_rule, { enabled }) => settled(enabled ? words.turnedOn : words.turnedOff),
    onError: (error) => void message.error(errorSentence(error, all)),
  })
  const remove = useMutation({ mutationFn: (rule: CustomRule) => done(api.DELETE(`${PATH}/{id}`, { params: { path: { id: rule.id } } })), onSuccess: () => settled(words.removed) })
  return { save, turn, remove }
}

function useRuleText() {
  const words = useWords(ruleWords)
  const said = useWords(conditionWords)
  return {
    condition: (row: CustomRule) => conditionText(row.spec.condition, said),
    windows: (row: CustomRule) => windowsText((row.spec.windows ?? []).map(windowValues), words),
  }
}

interface Actions {
  onEdit: (rule: CustomRule) => void
  onRemove: (rule: CustomRule) => void
  onTurn: (rule: CustomRule, enabled: boolean) => void
  /** The rule that is being turned on or off. */
  turning: string | null
}

function useColumns({ onEdit, onRemove, onTurn, turning }: Actions): Columns<CustomRule> {
  const words = useWords(ruleWords)
  const traffic = useWords(trafficWords)
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const text = useRuleText()
  const columns: Columns<CustomRule> = [
    { title: words.number, key: 'number', align: 'right', render: (_, row) => <span className="figures">{row.spec.number}</span> },
    { title: traffic.name, key: 'name', render: (_, row) => <Named name={row.spec.name} about={row.spec.description} /> },
    { title: traffic.scope, key: 'scope', responsive: ['md'], render: (_, row) => <ScopeCell row={row} /> },
    {
      title: words.condition,
      key: 'condition',
      responsive: ['md'],
      render: (_, row) => (
        <span className="stacked row-sentence">
          <span>{text.condition(row)}</span>
          {(row.spec.windows ?? []).length > 0 && <span className="muted">{text.windows(row)}</span>}
        </span>
      ),
    },
    { title: words.action, key: 'action', render: (_, row) => <ActionCell rule={row} /> },
    { title: traffic.state, key: 'state', render: (_, row) => (mayWrite ? <Toggle on={row.spec.enabled !== false} label={traffic.turn(row.spec.name)} busy={turning === row.id} onChange={(enabled) => onTurn(row, enabled)} /> : row.spec.enabled === false ? traffic.disabled : traffic.enabled) },
    { title: traffic.evidence, key: 'evidence', responsive: ['lg'], render: (_, row) => <HitsLink id={`rule:${row.spec.number}`}>{common.details}</HitsLink> },
  ]
  if (!mayWrite) return columns
  columns.push({
    title: common.actions,
    key: 'actions',
    fixed: 'end',
    render: (_, row) => (
      <span className="row-actions">
        <Tooltip title={common.edit}>
          <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${common.edit} ${row.spec.name}`} onClick={() => onEdit(row)} />
        </Tooltip>
        <Tooltip title={words.remove}>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${row.spec.name}`} onClick={() => onRemove(row)} />
        </Tooltip>
      </span>
    ),
  })
  return columns
}

/** The action, and what it is done with. */
function ActionCell({ rule }: { rule: CustomRule }) {
  const { action } = rule.spec
  const operand = typeof action === 'string' ? '' : 'redirect' in action ? action.redirect : 'limit' in action ? action.limit : 'tag' in action ? action.tag : `${action.set_header.name}: ${action.set_header.value}`
  return (
    <span className="stacked">
      <ActionKind kind={actionKind(action)} />
      {operand !== '' && <code>{operand}</code>}
    </span>
  )
}
