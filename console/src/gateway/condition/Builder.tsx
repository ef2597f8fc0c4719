import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input, Segmented, Select } from 'antd'
import { useWords } from '../../i18n'
import { FIELDS, fieldInfo, NAMED, opsOf, SECTIONS, type FieldName } from './fields'
import { conditionWords } from './i18n'
import { MAX_DEPTH, newGroup, newTest, withField, withOp, type Group, type Node, type Test } from './tree'
import { ValueInput } from './ValueInput'

/** What is said about nodes, by their numbers. */
export type Notes = ReadonlyMap<number, readonly string[]>

interface NodeProps {
  depth: number
  notes: Notes
  /** `null` takes the node out. */
  onChange: (id: number, change: (node: Node) => Node | null) => void
}

/** A group of tests and groups, all or any of which must hold. */
export function GroupBox({ group, depth, notes, onChange, isRoot }: NodeProps & { group: Group; isRoot: boolean }) {
  const words = useWords(conditionWords)
  const change = (next: Partial<Group>) => onChange(group.id, (node) => ({ ...node, ...next }) as Group)
  const add = (part: Node) => onChange(group.id, (node) => (node.kind === 'group' ? { ...node, parts: [...node.parts, part] } : node))
  return (
    <div className="condition-group" role="group" aria-label={words.groupOf(depth)}>
      <div className="condition-head">
        <Segmented
          size="small"
          value={group.join}
          options={(['all', 'any'] as const).map((value) => ({ value, label: words.joins[value] }))}
          onChange={(join) => change({ join })}
        />
        <Checkbox checked={group.negated} onChange={(event) => change({ negated: event.target.checked })}>
          {words.negate}
        </Checkbox>
        <span className="spring" />
        {!isRoot && <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={words.removeGroup} onClick={() => onChange(group.id, () => null)} />}
      </div>
      <NodeNotes notes={notes.get(group.id)} />
      {group.parts.map((part) => (
        <div key={part.id} className="condition-part">
          {part.kind === 'group' ? (
            <GroupBox group={part} depth={depth + 1} notes={notes} onChange={onChange} isRoot={false} />
          ) : (
            <TestRow test={part} notes={notes} onChange={onChange} />
          )}
        </div>
      ))}
      <div className="condition-adds">
        <Button size="small" icon={<PlusOutlined />} onClick={() => add(newTest())}>
          {words.addTest}
        </Button>
        {depth < MAX_DEPTH - 1 && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => add(newGroup(group.join === 'all' ? 'any' : 'all', [newTest()]))}>
            {words.addGroup}
          </Button>
        )}
      </div>
    </div>
  )
}

function TestRow({ test, notes, onChange }: Omit<NodeProps, 'depth'> & { test: Test }) {
  const words = useWords(conditionWords)
  const set = (change: (test: Test) => Test) => onChange(test.id, (node) => (node.kind === 'test' ? change(node) : node))
  const isNamed = NAMED.some((named) => named === test.field)
  const opWords = test.field === 'ip_group' ? words.groupOps : words.ops
  const said = notes.get(test.id)
  const isUntold = fieldInfo(test.field)?.untold === true
  return (
    <>
      <div className={`condition-test${said ? ' wrong' : ''}`}>
        <Select
          aria-label={words.field}
          className="condition-field"
          value={test.field}
          options={useFieldChoices()}
          showSearch={{ optionFilterProp: 'label' }}
          popupMatchSelectWidth={220}
          // Thirty lines need no virtual list, and whoever reads by ear hears them all.
          virtual={false}
          onChange={(field) => set((before) => withField(before, field as FieldName))}
        />
        {isNamed && <Input aria-label={words.name} className="condition-name" placeholder={words.name} maxLength={128} spellCheck={false} value={test.name} onChange={(event) => set((before) => ({ ...before, name: event.target.value }))} />}
        <Select aria-label={words.op} className="condition-op" value={test.op} options={opsOf(test.field).map((op) => ({ value: op, label: opWords[op] ?? op }))} popupMatchSelectWidth={160} onChange={(op) => set((before) => withOp(before, op))} />
        <ValueInput test={test} onChange={(values) => set((before) => ({ ...before, values }))} />
        <Checkbox checked={test.negated} onChange={(event) => set((before) => ({ ...before, negated: event.target.checked }))}>
          {words.negate}
        </Checkbox>
        <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={words.remove} onClick={() => onChange(test.id, () => null)} />
      </div>
      {fieldInfo(test.field)?.ofPlace === true && <p className="condition-note">{words.ofPlace}</p>}
      {isUntold && <p className="condition-note">{words.untold}</p>}
      <NodeNotes notes={said} />
    </>
  )
}

/** Fields by where they come from; what nobody can tell yet is shown, and cannot be chosen. */
function useFieldChoices() {
  const words = useWords(conditionWords)
  const names = Object.keys(FIELDS) as FieldName[]
  return SECTIONS.map((section) => ({
    label: words.sections[section],
    title: section,
    options: names.filter((name) => FIELDS[name].section === section).map((name) => ({ value: name, label: words.fields[name] ?? name, disabled: fieldInfo(name)?.untold === true })),
  }))
}

function NodeNotes({ notes }: { notes: readonly string[] | undefined }) {
  if (notes === undefined) return null
  return (
    <div role="alert">
      {notes.map((note) => (
        <p key={note} className="condition-note wrong">
          {note}
        </p>
      ))}
    </div>
  )
}
