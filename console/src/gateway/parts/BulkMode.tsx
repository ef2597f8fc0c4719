import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { api, done } from '../../api/client'
import type { ObjectMode } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { ConfirmType } from '../../kit/ConfirmType'
import { gatewayWords } from '../i18n'

/** Sets the mode of many objects, all at once or none. Their number has to be typed. */
export function BulkMode({ chosen, onDone }: { chosen: string[]; onDone: () => void }) {
  const words = useWords(gatewayWords).objects
  const { mode: modeNames, common } = useWords(shared)
  const { message } = App.useApp()
  const queryClient = useQueryClient()
  const [mode, setMode] = useState<ObjectMode | null>(null)
  const set = useMutation({
    mutationFn: (next: ObjectMode) => done(api.POST('/api/v1/gateway/objects/bulk-mode', { body: { objects: chosen, mode: next } })),
    onSuccess: () => {
      setMode(null)
      message.success(words.saved)
      onDone()
      return queryClient.invalidateQueries({ queryKey: ['gateway'] })
    },
  })
  return (
    <div className="bulk-bar" role="toolbar" aria-label={words.chosen(chosen.length)}>
      <span>{words.chosen(chosen.length)}</span>
      {(['block', 'observe', 'bypass'] as const).map((value) => (
        <Button key={value} size="small" onClick={() => { set.reset(); setMode(value) }}>
          {words.setMode(modeNames[value])}
        </Button>
      ))}
      <Button size="small" type="text" onClick={onDone}>
        {common.cancel}
      </Button>
      <ConfirmType
        open={mode !== null}
        title={mode === null ? '' : words.setModeOf(chosen.length, modeNames[mode])}
        name={String(chosen.length)}
        consequence={mode === null ? '' : words.modeHelp[mode]}
        okText={mode === null ? '' : words.setMode(modeNames[mode])}
        busy={set.isPending}
        error={set.error}
        onCancel={() => setMode(null)}
        onConfirm={() => mode !== null && set.mutate(mode)}
      />
    </div>
  )
}
