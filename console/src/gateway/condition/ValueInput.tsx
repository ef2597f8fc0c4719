import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { api, take } from '../../api/client'
import { useWords } from '../../i18n'
import { fieldInfo, METHODS, takesMany } from './fields'
import { conditionWords } from './i18n'
import type { Test } from './tree'

interface Props {
  test: Test
  onChange: (values: string[]) => void
}

/** What a field is compared with: a text, a list, or one of what there is. */
export function ValueInput({ test, onChange }: Props) {
  const words = useWords(conditionWords)
  const choices = useChoices(test)
  const one = test.values[0]
  if (test.op === 'exists') {
    const present = [{ value: 'true', label: words.present }, { value: 'false', label: words.absent }]
    return <Select aria-label={words.value} className="condition-value" value={one ?? 'true'} options={present} onChange={(value) => onChange([value])} />
  }
  if (takesMany(test.op)) {
    return (
      <Select
        aria-label={words.value}
        className="condition-value"
        mode={choices !== null && choices.isClosed ? 'multiple' : 'tags'}
        value={test.values}
        options={choices?.options ?? []}
        open={choices === null ? false : undefined}
        suffixIcon={choices === null ? null : undefined}
        placeholder={words.manyValues}
        tokenSeparators={[',', '，', ' ', '\n']}
        onChange={(values: string[]) => onChange(values.map((value) => value.trim()).filter((value) => value !== ''))}
      />
    )
  }
  if (choices !== null && (test.op === 'eq' || test.op === 'ne')) {
    // What is written, and not among the choices any more, is shown, too.
    const known = one === undefined || one === '' || choices.options.some((option) => option.value === one)
    const options = known ? choices.options : [...choices.options, { value: one, label: one }]
    return <Select aria-label={words.value} className="condition-value" value={one === '' ? undefined : one} options={options} showSearch={{ optionFilterProp: 'label' }} placeholder={words.value} onChange={(value) => onChange([value])} />
  }
  return (
    <Input
      aria-label={words.value}
      className="condition-value"
      value={one ?? ''}
      maxLength={1024}
      spellCheck={false}
      placeholder={PLACEHOLDERS[test.field] ?? ''}
      inputMode={fieldInfo(test.field)?.kind === 'number' ? 'numeric' : undefined}
      onChange={(event) => onChange([event.target.value])}
    />
  )
}

/** What a value looks like. */
const PLACEHOLDERS: Record<string, string> = { ip: '203.0.113.9', path: '/report/', host: 'his.example.cn', 'response.status': '404', body_size: '1048576', content_type: 'application/json', country: 'CN', region: 'CN-ZJ' }

interface Choices {
  options: { value: string; label: string }[]
  /** Nothing else can be meant. */
  isClosed: boolean
}

/** What there is to choose from; `null` where a person types. */
function useChoices(test: Test): Choices | null {
  const words = useWords(conditionWords)
  const names = useNames(test.field)
  const fixed = fieldInfo(test.field)?.choices
  if (fixed !== undefined) return { options: fixed.map((value) => ({ value, label: words.choices[value] ?? value })), isClosed: true }
  if (test.field === 'method') return { options: METHODS.map((value) => ({ value, label: value })), isClosed: false }
  if (names === null) return null
  return { options: names.map((value) => ({ value, label: value })), isClosed: test.field === 'ip_group' }
}

/** Rows that a choice offers. */
const query = { params: { query: { limit: 500 } } }

const LISTS: Record<string, () => Promise<string[]>> = {
  ip_group: async () => (await take(api.GET('/api/v1/gateway/address-groups', query))).items.map((item) => item.spec.name),
  object: async () => (await take(api.GET('/api/v1/gateway/objects', query))).items.map((item) => item.spec.name),
  group: async () => (await take(api.GET('/api/v1/gateway/groups', query))).items.map((item) => item.spec.name),
}

function useNames(field: string): string[] | null {
  const list = LISTS[field]
  const names = useQuery({ queryKey: ['gateway', 'names', field], queryFn: () => list?.() ?? Promise.resolve([]), enabled: list !== undefined })
  return list === undefined ? null : (names.data ?? [])
}
