/** What the status page says of the region database and the list of holidays. */
import type { ReactNode } from 'react'
import type { GatewayStatus } from '../api/types'
import { StatusTag } from '../kit/status'
import { formatTime } from '../kit/time'
import type { gatewayWords } from './i18n'

type Words = (typeof gatewayWords)['zh']['status']

export function placeFacts(status: GatewayStatus, words: Words): { label: string; value: ReactNode }[] {
  return [
    { label: words.regions, value: <Regions status={status} words={words} /> },
    { label: words.holidays, value: <Holidays status={status} words={words} /> },
  ]
}

interface Props {
  status: GatewayStatus
  words: Words
}

function Regions({ status, words }: Props) {
  const database = status.region_database
  if (!database) return <span className="muted">{words.regionsUnset}</span>
  const { file, kind, built_at, age_days, error } = database
  return (
    <>
      {kind ? words.regionsOf(kind, file) : words.regionsNone(file)}
      {built_at ? <div className="muted">{words.regionsMade(formatTime(built_at, 'date'), age_days ?? 0)}</div> : null}
      {error && (
        <div role="alert">
          <StatusTag meaning="high">{kind ? words.regionsKept : words.regionsBroken}</StatusTag> <code>{error}</code>
        </div>
      )}
    </>
  )
}

function Holidays({ status, words }: Props) {
  const { days, last_day, ran_out } = status.holidays
  if (!last_day) return <span className="muted">{words.holidaysUnset}</span>
  return (
    <>
      {words.holidaysUntil(days, last_day)} {ran_out && <StatusTag meaning="medium">{words.holidaysOver}</StatusTag>}
    </>
  )
}
