import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, Select } from 'antd'
import { memo, useCallback } from 'react'
import type { RoleName } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { useRanks } from '../../kit/ranks'
import { useLatest } from '../../kit/useLatest'
import { areaSlip, areaValues, METHODS, MOST_AREAS, ROLES, type AreaSlip, type AreaValues } from './guard-input'
import { guardWords } from './i18n'

interface Props {
  value?: AreaValues[]
  onChange?: (areas: AreaValues[]) => void
  /** What the server found. */
  fault: string | undefined
  telling: boolean
}

/** Who may enter what: one row for each part of the application. */
export function AreasField({ value = [], onChange, fault, telling }: Props) {
  const words = useWords(guardWords)
  const latest = useLatest({ value, onChange })
  const set = useCallback((key: number, change: Partial<AreaValues> | null) => {
    const { value: areas, onChange: tell } = latest.current
    tell?.(change === null ? areas.filter((area) => area.key !== key) : areas.map((area) => (area.key === key ? { ...area, ...change } : area)))
  }, [latest])
  return (
    <>
      {value.length > 0 && (
        <table className="area-table">
          <colgroup>
            <col style={{ width: '17%' }} />
            <col style={{ width: '14%' }} />
            <col style={{ width: '17%' }} />
            <col style={{ width: '16%' }} />
            <col style={{ width: '12%' }} />
            <col style={{ width: '12%' }} />
            <col style={{ width: '8%' }} />
            <col style={{ width: '4%' }} />
          </colgroup>
          <thead>
            <tr>
              {[words.path, words.methods, words.roles, words.departments, words.label, words.priority, words.other, ''].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {value.map((area, at) => (
              <AreaRow key={area.key} area={area} label={`${words.area} ${at + 1}`} slip={telling ? areaSlip(area, value) : null} onSet={set} />
            ))}
          </tbody>
        </table>
      )}
      {fault !== undefined && (
        <p role="alert" className="condition-note wrong">
          {fault}
        </p>
      )}
      {value.length < MOST_AREAS && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...value, areaValues()])}>
          {words.addArea}
        </Button>
      )}
    </>
  )
}

interface RowProps {
  area: AreaValues
  label: string
  slip: AreaSlip | null
  onSet: (key: number, change: Partial<AreaValues> | null) => void
}

/** Kept as it is while other rows change: a guard may have hundreds. */
const AreaRow = memo(function AreaRow({ area, label, slip, onSet }: RowProps) {
  const words = useWords(guardWords)
  const roleNames = useWords(shared).roles as Record<string, string>
  const ranks = useRanks()
  const set = (change: Partial<AreaValues>) => onSet(area.key, change)
  const named = (what: string) => `${label} ${what}`
  return (
    <tr>
      <td>
        <Input value={area.path_prefix} maxLength={256} spellCheck={false} placeholder="/admin" aria-label={named(words.path)} status={slip === null ? undefined : 'error'} onChange={(event) => set({ path_prefix: event.target.value })} />
        {slip !== null && (
          <p role="alert" className="condition-note wrong">
            {words.areaSlips[slip]}
          </p>
        )}
      </td>
      <td>
        <Select mode="tags" value={area.methods} options={METHODS.map((value) => ({ value, label: value }))} placeholder={words.anyMethod} tokenSeparators={[',', ' ']} aria-label={named(words.methods)} onChange={(methods: string[]) => set({ methods: methods.map((method) => method.toUpperCase()) })} />
      </td>
      <td>
        <Select mode="multiple" value={area.roles} disabled={area.public} options={ROLES.map((value) => ({ value, label: roleNames[value] ?? value }))} placeholder={words.anybody} aria-label={named(words.roles)} onChange={(roles: RoleName[]) => set({ roles })} />
      </td>
      <td>
        <Select mode="tags" open={false} suffixIcon={null} value={area.departments} disabled={area.public} placeholder={words.anybody} tokenSeparators={[',', '，', '、']} aria-label={named(words.departments)} onChange={(departments: string[]) => set({ departments })} />
      </td>
      <td>
        <Select value={area.label} options={[{ value: null, label: words.noLabel }, ...ranks.labelChoices]} aria-label={named(words.label)} popupMatchSelectWidth={false} onChange={(chosen: AreaValues['label']) => set({ label: chosen })} />
      </td>
      <td>
        <Select value={area.priority} options={[{ value: null, label: words.asPerson }, ...ranks.priorityChoices]} aria-label={named(words.priority)} popupMatchSelectWidth={false} onChange={(priority: number | null) => set({ priority })} />
      </td>
      <td>
        <Checkbox title={words.publicHelp} checked={area.public} onChange={(event) => set(event.target.checked ? { public: true, roles: [], departments: [] } : { public: false })}>
          {words.public}
        </Checkbox>
        <Checkbox title={words.pollingHelp} checked={area.polling} onChange={(event) => set({ polling: event.target.checked })}>
          {words.polling}
        </Checkbox>
      </td>
      <td>
        <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={words.removeArea(area.path_prefix)} onClick={() => onSet(area.key, null)} />
      </td>
    </tr>
  )
})
