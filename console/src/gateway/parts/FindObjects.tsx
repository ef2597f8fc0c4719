import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useSearchParams } from 'react-router'
import { api, take } from '../../api/client'
import type { ObjectMode } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { gatewayWords } from '../i18n'

/** Which objects are looked for; what is not said is not asked. */
export interface Find {
  q?: string
  group?: string
  mode?: ObjectMode
}

const MODES: ObjectMode[] = ['block', 'observe', 'bypass']

/** The search stands in the address, so that it can be sent to somebody. */
export function useFind(): [Find, (find: Find) => void] {
  const [params, setParams] = useSearchParams()
  const find: Find = {}
  const mode = MODES.find((known) => known === params.get('mode'))
  if (params.get('q')) find.q = params.get('q') ?? ''
  if (params.get('group')) find.group = params.get('group') ?? ''
  if (mode) find.mode = mode
  const set = (next: Find) => setParams(Object.entries(next).filter(([, value]) => value), { replace: true })
  return [find, set]
}

/** Finds objects by a part of their name, host or upstream, by group and by mode. */
export function FindObjects({ find, onFind }: { find: Find; onFind: (find: Find) => void }) {
  const words = useWords(gatewayWords).objects
  const { mode: modeNames } = useWords(shared)
  const groups = useQuery({
    queryKey: ['gateway', 'groups', 'choice'],
    queryFn: () => take(api.GET('/api/v1/gateway/groups', { params: { query: { limit: 500 } } })),
  })
  return (
    <span className="row-actions">
      <Select
        allowClear
        aria-label={words.group}
        placeholder={words.group}
        value={find.group}
        showSearch={{ optionFilterProp: 'label' }}
        options={groups.data?.items.map((group) => ({ value: group.id, label: group.spec.name })) ?? []}
        onChange={(group) => onFind({ ...find, group })}
        className="find-choice"
      />
      <Select allowClear aria-label={words.mode} placeholder={words.mode} value={find.mode} options={MODES.map((value) => ({ value, label: modeNames[value] }))} onChange={(mode) => onFind({ ...find, mode })} className="find-choice" />
      <Input.Search className="find" aria-label={words.find} placeholder={words.find} defaultValue={find.q} allowClear onSearch={(text) => onFind({ ...find, q: text.trim() })} />
    </span>
  )
}
