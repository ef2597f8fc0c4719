import { AppstoreOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, take } from '../../api/client'
import type { BusinessPreset, Imported } from '../../api/types'
import { shared, useWords } from '../../i18n'
import { MAY } from '../../kit/permissions'
import { useLanguage } from '../../kit/preferences'
import { useMay } from '../../kit/session'
import { ActionError, Loaded } from '../../kit/states'
import { StatusTag } from '../../kit/status'
import { conditionWords } from '../condition/i18n'
import { conditionText } from '../condition/sentence'
import { gatewayWords } from '../i18n'
import { limitWords } from '../limits/i18n'
import { valuesOf } from '../limits/limit-input'
import { limitText } from '../limits/sentence'
import { doorWords } from '../parts/i18n'
import { policyWords } from '../policy/i18n'
import { actionKind } from '../rules/rule-input'
import { trafficWords } from '../traffic/i18n'
import { presetWords } from './i18n'
import './presets.css'
import { settingsText } from './settings-text'

/** Shows what is ready for the usual businesses, and lays one over the policy. */
export function Presets() {
  const words = useWords(presetWords)
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={<AppstoreOutlined />} onClick={() => setOpen(true)}>
        {words.open}
      </Button>
      <Drawer open={open} onClose={() => setOpen(false)} size={720} title={words.title} destroyOnHidden>
        <PresetList />
      </Drawer>
    </>
  )
}

function PresetList() {
  const words = useWords(presetWords)
  const list = useQuery({ queryKey: ['gateway', 'presets'], queryFn: () => take(api.GET('/api/v1/gateway/presets')), staleTime: Number.POSITIVE_INFINITY })
  return (
    <>
      <p className="muted preset-about">{words.about}</p>
      <Loaded query={list} lines={10}>
        {({ items }) => items.map((preset) => <PresetCard key={preset.scenario} preset={preset} />)}
      </Loaded>
    </>
  )
}

function useName(preset: BusinessPreset): string {
  const words = useWords(presetWords)
  const language = useLanguage()
  return words.names[preset.scenario] ?? preset[language]
}

/** What a preset holds, and the way to apply it: first what that would do, then doing it. */
function PresetCard({ preset }: { preset: BusinessPreset }) {
  const words = useWords(presetWords)
  const name = useName(preset)
  const mayWrite = useMay()(MAY.gatewayObjectWrite)
  const queryClient = useQueryClient()
  const attempt = useMutation({ mutationFn: () => take(api.POST('/api/v1/gateway/policy/import', { body: { policy: preset.policy, dry_run: true, reason: '' } })) })
  const lay = useMutation({
    mutationFn: () => take(api.POST('/api/v1/gateway/presets/{scenario}', { params: { path: { scenario: preset.scenario } } })),
    onSuccess: () => {
      attempt.reset()
      return queryClient.invalidateQueries({ queryKey: ['gateway'] })
    },
  })
  const start = () => { lay.reset(); attempt.mutate() }
  return (
    <section className="preset" aria-label={name} data-scenario={preset.scenario}>
      <header className="preset-head">
        <h3>{name}</h3>
        {mayWrite && attempt.data === undefined && lay.data === undefined && (
          <Button size="small" loading={attempt.isPending} aria-label={words.applyFor(name)} onClick={start}>
            {words.apply}
          </Button>
        )}
      </header>
      <Contents preset={preset} />
      {attempt.data && <Would told={attempt.data} busy={lay.isPending} onApply={() => lay.mutate()} onCancel={() => attempt.reset()} />}
      {lay.data && <Done told={lay.data} preset={preset} />}
      <ActionError error={attempt.error ?? lay.error} />
    </section>
  )
}

function Contents({ preset: { policy } }: { preset: BusinessPreset }) {
  const words = useWords(presetWords)
  const limits = useWords(limitWords)
  const said = useWords(conditionWords)
  const traffic = useWords(trafficWords)
  return (
    <>
      {policy.templates?.map((template) => (
        <TemplateText key={template.name} template={template} />
      ))}
      {policy.limits && policy.limits.length > 0 && (
        <>
          <h4>{words.limits(policy.limits.length)}</h4>
          <ul>
            {policy.limits.map(({ limit }) => (
              <li key={limit.name}>
                {limit.name}
                <span className="muted">{limitText(valuesOf({ spec: limit }), limits)}</span>
                {limit.when != null && <span className="muted">{words.onlyWhen(conditionText(limit.when, said))}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {policy.rules && policy.rules.length > 0 && (
        <>
          <h4>{words.rules(policy.rules.length)}</h4>
          <ul>
            {policy.rules.map(({ rule }) => (
              <li key={rule.number}>
                {rule.name}
                <span className="muted">{conditionText(rule.condition, said)} → {traffic.actions[actionKind(rule.action)]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function TemplateText({ template }: { template: NonNullable<BusinessPreset['policy']['templates']>[number] }) {
  const words = useWords(presetWords)
  const { common, mode: modeNames } = useWords(shared)
  const said = { presets: words, doors: useWords(doorWords), settings: useWords(policyWords).settings, objects: useWords(gatewayWords).objects, listJoin: common.listJoin, colon: useLanguage() === 'zh' ? '：' : ': ' }
  const mode = template.settings?.mode
  return (
    <>
      <p className="preset-template">
        <strong>{words.template(template.name)}</strong>
        {mode && <StatusTag meaning={mode === 'observe' ? 'high' : 'off'}>{modeNames[mode]}</StatusTag>}
      </p>
      {template.description && <p className="muted">{template.description}</p>}
      <p className="preset-settings">
        {settingsText(template.settings ?? {}, said).map((phrase) => (
          <span key={phrase}>{phrase}</span>
        ))}
      </p>
    </>
  )
}

function Would({ told, busy, onApply, onCancel }: { told: Imported; busy: boolean; onApply: () => void; onCancel: () => void }) {
  const words = useWords(presetWords)
  const { common } = useWords(shared)
  if (told.created + told.updated === 0) {
    return (
      <div className="preset-foot" role="status">
        <StatusTag meaning="ok">{words.same}</StatusTag>
      </div>
    )
  }
  return (
    <div className="preset-foot" role="status">
      <span>{words.would(told.created, told.unchanged)}</span>
      {told.updated > 0 && <StatusTag meaning="high">{words.wouldReset(told.updated)}</StatusTag>}
      <span className="spring" />
      <Button size="small" onClick={onCancel}>
        {common.cancel}
      </Button>
      <Button size="small" type="primary" loading={busy} onClick={onApply}>
        {words.confirm}
      </Button>
    </div>
  )
}

/** What was made, and what is still to be done before it guards anything. */
function Done({ told, preset }: { told: Imported; preset: BusinessPreset }) {
  const words = useWords(presetWords)
  const { mode: modeNames } = useWords(shared)
  const template = preset.policy.templates?.[0]
  return (
    <div className="preset-foot" role="status" data-testid="preset-done">
      <StatusTag meaning="ok">{words.done(told.created, told.updated)}</StatusTag>
      {template?.settings?.mode && <StatusTag meaning="high">{modeNames[template.settings.mode]}</StatusTag>}
      {template && <span>{words.next(template.name)}</span>}
      <Link to="/gateway/limits">{words.toLimits}</Link>
      {(preset.policy.rules?.length ?? 0) > 0 && <Link to="/gateway/rules">{words.toRules}</Link>}
    </div>
  )
}
