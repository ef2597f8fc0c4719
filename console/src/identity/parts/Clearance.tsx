import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Radio, Select } from 'antd'
import { api, take } from '../../api/client'
import type { Account, Clearance as Held } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { Facts } from '../../kit/Page'
import { MAY } from '../../kit/permissions'
import { LabelTag, PriorityTag, useRanks } from '../../kit/ranks'
import { useMay } from '../../kit/session'
import { ActionError, Loaded } from '../../kit/states'
import { identityWords } from '../i18n'
import { badDepartment, type ClearanceValues, wantedOf } from '../rules'

/** What somebody may read in guarded applications, where they belong, and who goes first. */
export function Clearance({ account, isSelf }: { account: Account; isSelf: boolean }) {
  const words = useWords(identityWords).clearance
  const mayWrite = useMay()(MAY.clearanceWrite)
  const held = useQuery({
    queryKey: ['identity', 'clearance', account.id],
    queryFn: () => take(api.GET('/api/v1/identity/accounts/{id}/clearance', { params: { path: { id: account.id } } })),
  })
  return (
    <section className="evidence-part" data-testid="clearance">
      <h3>{words.title}</h3>
      <p className="muted">{isSelf && mayWrite ? words.self : words.about}</p>
      {/* Another version begins another form: what somebody else changed meanwhile is shown, not overwritten. */}
      <Loaded query={held}>{(clearance) => (mayWrite && !isSelf ? <ClearanceForm key={clearance.version} clearance={clearance} /> : <ClearanceFacts clearance={clearance} />)}</Loaded>
    </section>
  )
}

function ClearanceFacts({ clearance }: { clearance: Held }) {
  const words = useWords(identityWords).clearance
  const { common } = useWords(shared)
  return (
    <Facts
      items={[
        { label: words.level, value: <LabelTag label={clearance.clearance} /> },
        { label: words.departments, value: clearance.departments.join(common.listJoin) || <span className="muted">{words.noDepartment}</span> },
        { label: words.priority, value: <PriorityTag priority={clearance.priority} /> },
      ]}
    />
  )
}

function ClearanceForm({ clearance }: { clearance: Held }) {
  const words = useWords(identityWords).clearance
  const { common } = useWords(shared)
  const ranks = useRanks()
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const save = useMutation({
    mutationFn: (values: ClearanceValues) => take(api.PUT('/api/v1/identity/accounts/{id}/clearance', { params: { path: { id: clearance.account_id } }, body: wantedOf(values, clearance.version) })),
    onSuccess: () => {
      message.success(words.saved)
      return queryClient.invalidateQueries({ queryKey: ['identity'] })
    },
  })
  const { clearance: level, departments, priority } = clearance
  return (
    <Form<ClearanceValues> layout="vertical" requiredMark={false} initialValues={{ clearance: level, departments, priority }} onValuesChange={() => save.reset()} onFinish={(values) => save.mutate(values)}>
      <Form.Item name="clearance" label={words.level} extra={words.levelHelp}>
        <Radio.Group optionType="button" options={ranks.labelChoices} />
      </Form.Item>
      <Form.Item name="departments" label={words.departments} extra={words.departmentsHelp} rules={[{ validator: (_rule, names: string[] = []) => (badDepartment(names) ? Promise.reject(new Error(words.badDepartment)) : Promise.resolve()) }]}>
        <Select mode="tags" open={false} suffixIcon={null} placeholder={words.noDepartment} tokenSeparators={[',', '，', '、']} />
      </Form.Item>
      <Form.Item name="priority" label={words.priority} extra={words.priorityHelp}>
        <Select options={ranks.priorityChoices} style={{ maxWidth: '16rem' }} />
      </Form.Item>
      <ActionError error={save.error} />
      <Button htmlType="submit" loading={save.isPending}>
        {common.save}
      </Button>
    </Form>
  )
}
