import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import { useWords } from '../../i18n'
import { usePollWhenBroken } from '../../kit/live'
import { trafficWords } from '../traffic/i18n'
import { everyPage } from '../traffic/rows'

/** Something of the policy that has a name. */
export interface Item {
  id: string
  generation: number
  spec: { name: string; description?: string }
}

interface Calls<T, I> {
  page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>
  create: (input: I) => Promise<unknown>
  /** Is refused by the server when somebody else changed the item since. */
  update: (item: T, input: I) => Promise<unknown>
  remove: (item: T) => Promise<void>
}

/** A list of such things, the form that is open, and what a person may do with them. */
export function useItems<T extends Item, I>(key: string, calls: Calls<T, I>) {
  const words = useWords(trafficWords)
  const queryClient = useQueryClient()
  const { message } = App.useApp()
  const [form, setForm] = useState<{ item: T | null } | null>(null)
  const list = useQuery({ queryKey: ['gateway', key], queryFn: () => everyPage(calls.page), refetchInterval: usePollWhenBroken() })
  const settled = (text: string) => {
    message.success(text)
    return queryClient.invalidateQueries({ queryKey: ['gateway'] })
  }
  const save = useMutation({
    mutationFn: (input: I) => (form?.item ? calls.update(form.item, input) : calls.create(input)),
    onSuccess: () => { setForm(null); return settled(words.saved) },
  })
  const remove = useMutation({ mutationFn: calls.remove, onSuccess: () => settled(words.removed) })
  const open = (item: T | null) => { save.reset(); setForm({ item }) }
  return {
    list,
    remove,
    open,
    /** What the form works with. */
    form: {
      open: form !== null,
      item: form?.item ?? null,
      busy: save.isPending,
      error: save.error as unknown,
      onSave: (input: I) => save.mutate(input),
      onChange: save.reset,
      onClose: () => setForm(null),
    },
  }
}

export type Items<T extends Item, I> = ReturnType<typeof useItems<T, I>>
/** What a form of such a thing is given. */
export type ItemForm<T extends Item, I> = Items<T, I>['form']
