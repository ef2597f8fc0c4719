import { useLayoutEffect, useRef, type RefObject } from 'react'

/** The newest value, for callbacks that outlive the drawing they were made in. Not for reading while drawing. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value)
  useLayoutEffect(() => {
    latest.current = value
  })
  return latest
}
