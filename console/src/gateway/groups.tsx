import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tooltip } from 'antd'
import { useState, type ReactNode } from 'react'
import { api, done, take } from '../api/client'
import type { ObjectGroup, ObjectGroupInput, PolicyTemplate, PolicyTemplateInput } from '../api/types'
import { shared, useWords } from '../i18n'
import { ConfirmType } from '../kit/ConfirmType'
import { DataTable, useKeyset, type Columns } from '../kit/DataTable'
import { usePollWhenBroken } from '../kit/live'
import { PageHead, Panel } from '../kit/Page'
import { MAY } from '../kit/permissions'
import { useMay } from '../kit/session'
import { EmptyState } from '../kit/states'
import { policyWords } from './policy/i18n'
import { GroupForm, TemplateForm } from './parts/GroupForm'
import { Presets } from './presets/Presets'
import { countSaid } from './settings-input'

const groupPath = (id: string) => ({ params: { path: { id } } })
const groupChange = (group: ObjectGroup) => ({ params: { path: { id: group.id }, query: { generation: group.generation } } })

/** Groups of objects and the templates they use. */
export default function Groups() {
  const words = useWords(policyWords).groups
  return (
    <>
      <PageHead title={words.title} about={words.about} actions={<Presets />} />
      <GroupPanel />
      <TemplatePanel />
    </>
  )
}

function GroupPanel() {
  const words = useWords(policyWords).groups
  const settings = useWords(policyWords).settings
  const keyset = useKeyset('groups')
  const list = useQuery({
    queryKey: ['gateway', 'groups', keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/groups', { params: { query: { cursor: keyset.cursor } } })),
    refetchInterval: usePollWhenBroken(),
  })
  const items = useItems<ObjectGroup, ObjectGroupInput>({
    save: (group, body) => (group === null ? take(api.POST('/api/v1/gateway/groups', { body })) : take(api.PUT('/api/v1/gateway/groups/{id}', { ...groupChange(group), body }))),
    remove: (group) => done(api.DELETE('/api/v1/gateway/groups/{id}', groupPath(group.id))),
  })
  const columns: Columns<ObjectGroup> = [
    { title: words.name, key: 'name', render: (_, row) => <Named name={row.spec.name} about={row.spec.description} /> },
    { title: words.template, key: 'template', render: (_, row) => row.template ?? <span className="muted">{words.noTemplate}</span> },
    { title: words.objects, key: 'objects', align: 'right', render: (_, row) => <span className="figures">{row.objects}</span> },
    { title: words.own, key: 'own', align: 'right', render: (_, row) => <span className="figures">{settings.said(countSaid(row.spec.settings))}</span> },
    ...items.columns(words.removeGroup),
  ]
  return (
    <Panel flush title={words.groups} extra={items.create(words.createGroup)}>
      <DataTable<ObjectGroup> label={words.groups} rows={list.data?.items} columns={columns} rowKey={(row) => row.id} query={list} keyset={keyset} nextCursor={list.data?.next_cursor} empty={<EmptyState title={words.emptyGroups} why={words.emptyGroupsWhy} />} />
      <GroupForm {...items.form} />
      {items.dialog(words.removeGroup, words.removeGroupConsequence)}
    </Panel>
  )
}

function TemplatePanel() {
  const words = useWords(policyWords).groups
  const settings = useWords(policyWords).settings
  const keyset = useKeyset('templates')
  const list = useQuery({
    queryKey: ['gateway', 'templates', keyset.cursor ?? ''],
    queryFn: () => take(api.GET('/api/v1/gateway/templates', { params: { query: { cursor: keyset.cursor } } })),
    refetchInterval: usePollWhenBroken(),
  })
  const items = useItems<PolicyTemplate, PolicyTemplateInput>({
    save: (template, body) =>
      template === null
        ? take(api.POST('/api/v1/gateway/templates', { body }))
        : take(api.PUT('/api/v1/gateway/templates/{id}', { params: { path: { id: template.id }, query: { generation: template.generation } }, body })),
    remove: (template) => done(api.DELETE('/api/v1/gateway/templates/{id}', groupPath(template.id))),
  })
  const columns: Columns<PolicyTemplate> = [
    { title: words.name, key: 'name', render: (_, row) => <Named name={row.spec.name} about={row.spec.description} /> },
    { title: words.usedBy, key: 'groups', align: 'right', render: (_, row) => <span className="figures">{row.groups}</span> },
    { title: words.sets, key: 'own', align: 'right', render: (_, row) => <span className="figures">{settings.said(countSaid(row.spec.settings))}</span> },
    ...items.columns(words.removeTemplate),
  ]
  return (
    <Panel flush title={words.templates} extra={items.create(words.createTemplate)}>
      <DataTable<PolicyTemplate> label={words.templates} rows={list.data?.items} columns={columns} rowKey={(row) => row.id} query={list} keyset={keyset} nextCursor={list.data?.next_cursor} empty={<EmptyState title={words.emptyTemplates} why={words.emptyTemplatesWhy} />} />
      <TemplateForm {...items.form} />
      {items.dialog(words.removeTemplate, words.removeTemplateConsequence)}
    </Panel>
  )
}

function Named({ name, about }: { name: string; about?: string }) {
  return (
    <span className="stacked">
      <strong>{name}</strong>
      {about && <span className="muted">{about}</span>}
    </span>
  )
}

interface Calls<T, I> {
  save: (item: T | null, input: I) => Promise<unknown>
  remove: (item: T) => Promise<unknown>
}

/** What groups and templates have in common: a form that makes or changes one, and a question before one is removed. */
function useItems<T extends { id: string; spec: { name: string } }, I>(calls: Calls<T, I>) {
  const words = useWords(policyWords).groups
  const { common } = useWords(shared)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const [editing, setEditing] = useState<{ item: T | null } | null>(null)
  const [removing, setRemoving] = useState<T | null>(null)
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({ mutationFn: (input: I) => calls.save(editing?.item ?? null, input), onSuccess: () => { setEditing(null); return settled(words.saved) } })
  const remove = useMutation({ mutationFn: (item: T) => calls.remove(item), onSuccess: () => { setRemoving(null); return settled(words.removed) } })
  const edit = (item: T | null) => { save.reset(); setEditing({ item }) }
  const columns = (removeText: string): Columns<T> =>
    mayWrite
      ? [{
          title: common.actions,
          key: 'actions',
          fixed: 'end',
          render: (_, row) => (
            <span className="row-actions">
              <Tooltip title={common.edit}>
                <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${common.edit} ${row.spec.name}`} onClick={() => edit(row)} />
              </Tooltip>
              <Tooltip title={removeText}>
                <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${common.remove} ${row.spec.name}`} onClick={() => { remove.reset(); setRemoving(row) }} />
              </Tooltip>
            </span>
          ),
        }]
      : []
  const create = (text: string): ReactNode => mayWrite && <Button icon={<PlusOutlined />} onClick={() => edit(null)}>{text}</Button>
  const form = { open: editing !== null, item: editing?.item ?? null, busy: save.isPending, error: save.error, onSave: (input: I) => save.mutate(input), onClose: () => setEditing(null) }
  const dialog = (title: string, consequence: string) => (
    <ConfirmType open={removing !== null} title={title} name={removing?.spec.name ?? ''} consequence={consequence} okText={common.remove} busy={remove.isPending} error={remove.error} onCancel={() => setRemoving(null)} onConfirm={() => removing && remove.mutate(removing)} />
  )
  return { columns, create, form, dialog }
}
