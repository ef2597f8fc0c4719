import { PlusOutlined } from '@ant-design/icons'
import { Button, Input, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { useWords } from '../../i18n'
import '../traffic/traffic.css'
import { GroupBox, type Notes } from './Builder'
import './condition.css'
import type { Fault } from './faults'
import { conditionWords } from './i18n'
import { faultText, treeText } from './sentence'
import { newGroup, newTest, nodeAt, readCondition, replaced, ShapeFault, slipsOf, writeCondition, type Group } from './tree'

/** A condition that somebody is working on. */
export interface Draft {
  root: Group | null
  /** What cannot be read in the JSON, where somebody wrote it as that; `null` when all is well. */
  broken: string | null
}

export function draftOf(written: unknown): Draft {
  return { root: readCondition(written), broken: null }
}

export function isSound({ root, broken }: Draft): boolean {
  return broken === null && slipsOf(root).size === 0
}

interface Props {
  value?: Draft
  onChange?: (draft: Draft) => void
  /** What the server found. */
  faults: readonly Fault[]
  /** Whether a person's own slips are told, which begins with the first attempt to save. */
  telling: boolean
}

/** A condition as nested groups of tests, or as JSON; both show the same tree. */
export function ConditionEditor({ value = { root: null, broken: null }, onChange, faults, telling }: Props) {
  const words = useWords(conditionWords)
  const [asJson, setAsJson] = useState(false)
  const notes = useNotes(value.root, faults, telling)
  const set = (root: Group | null) => onChange?.({ root, broken: null })
  const adrift = faults.filter((fault) => fault.part === 'condition' && (value.root === null || nodeAt(writeCondition(value.root).places, fault.path) === null))
  return (
    <div className="condition">
      <Segmented
        size="small"
        value={asJson ? 'json' : 'builder'}
        // Half a JSON is no tree that the builder could show.
        options={[{ value: 'builder', label: words.builder, disabled: value.broken !== null }, { value: 'json', label: words.json }]}
        onChange={(view) => setAsJson(view === 'json')}
      />
      {asJson ? (
        <JsonView draft={value} onChange={(draft) => onChange?.(draft)} />
      ) : value.root === null ? (
        <div className="condition-empty">
          <span className="muted">{words.always}</span>
          <Button size="small" icon={<PlusOutlined />} onClick={() => set(newGroup('all', [newTest()]))}>
            {words.addTest}
          </Button>
        </div>
      ) : (
        <GroupBox
          group={value.root}
          depth={1}
          notes={notes}
          isRoot
          onChange={(id, change) => {
            const next = value.root && replaced(value.root, id, change)
            set(next === null || next.parts.length === 0 ? null : next)
          }}
        />
      )}
      {adrift.map((fault) => (
        <p key={`${fault.path}${fault.text}`} role="alert" className="condition-note wrong">
          {faultText(fault.text, words)}
        </p>
      ))}
      {value.root !== null && value.broken === null && <p className="condition-said">{treeText(value.root, words)}</p>}
    </div>
  )
}

/** What is said at each node: the person's own slips, and what the server found. */
function useNotes(root: Group | null, faults: readonly Fault[], telling: boolean): Notes {
  const words = useWords(conditionWords)
  return useMemo(() => {
    const notes = new Map<number, string[]>()
    const note = (id: number, text: string) => notes.set(id, [...(notes.get(id) ?? []), text])
    if (telling) for (const [id, slip] of slipsOf(root)) note(id, words.slips[slip])
    const { places } = writeCondition(root)
    for (const fault of faults) {
      const id = fault.part === 'condition' ? nodeAt(places, fault.path) : null
      if (id !== null) note(id, faultText(fault.text, words))
    }
    return notes
  }, [root, faults, telling, words])
}

function JsonView({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const words = useWords(conditionWords)
  const [text, setText] = useState(() => {
    const { written } = writeCondition(draft.root)
    return written === null ? '' : JSON.stringify(written, null, 2)
  })
  const write = (next: string) => {
    setText(next)
    try {
      onChange({ root: next.trim() === '' ? null : readCondition(JSON.parse(next)), broken: null })
    } catch (error) {
      onChange({ root: draft.root, broken: error instanceof ShapeFault ? error.path : '' })
    }
  }
  return (
    <>
      <Input.TextArea className="code" aria-label={words.json} autoSize={{ minRows: 6, maxRows: 20 }} maxLength={256 * 1024} spellCheck={false} value={text} status={draft.broken === null ? undefined : 'error'} onChange={(event) => write(event.target.value)} placeholder='{"all":[{"field":"path","op":"prefix","value":"/export"}]}' />
      {draft.broken === null ? <p className="condition-note">{words.jsonHelp}</p> : <p role="alert" className="condition-note wrong">{words.jsonBroken(draft.broken)}</p>}
    </>
  )
}
